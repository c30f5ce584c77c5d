# What the probes of the way out share, after probe.py. They run in a sandbox on the near side of the tests' internet (Egress/OutsideWorld.cs), and as a control
# on the near side itself, where 198.18.0.1 is an open proxy. An attempt falls when it got bytes from where it should not; a refusal has to come in two seconds.
import json
import ssl
import threading

GATEWAY = "198.18.0.1"
HTTP_PROXY, SOCKS_PROXY = (GATEWAY, 3128), (GATEWAY, 1080)
SERVER, CANARY, CANARY6 = "11.7.0.10", "11.7.0.200", "2a00:7::200"
ALLOWED, DENIED_HOST, ATTACKER = "www.allowed.example", "www.denied.example", "attacker.example"
LOST = ("ECONNREFUSED", "ECONNRESET", "EPIPE", "ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "EPERM", "EACCES", "EAFNOSUPPORT", "EPROTONOSUPPORT")
PROMPT = 2.0


def refused(name, held=LOST, within=PROMPT):
    """An attempt that has to be refused in time; a certificate that does not fit, a name that is none and an empty answer count as refusals."""
    def keep(function):
        def timed():
            began = time.monotonic()
            try:
                return function()
            except (Held, OSError) as e:
                took = time.monotonic() - began
                if isinstance(e, TimeoutError) or took > within:
                    raise RuntimeError("held only after %.1f s: %s" % (took, e))
                if isinstance(e, socket.gaierror):
                    raise Held("no such name: %s" % e)
                if isinstance(e, ssl.SSLError) and not isinstance(e, ssl.SSLCertVerificationError):
                    raise Held("TLS ended: %s" % e)
                raise
        attempt(name, held)(timed)
        return function
    return keep


def works(name):
    """What the policy allows, in the same sandbox: if that fails too, the refusals around it prove nothing."""
    def keep(function):
        def shown():
            try:
                result = function()
            except (Held, OSError) as e:
                raise RuntimeError("what is allowed failed: %s" % e)
            if CONTROL:
                return result
            raise Held("works: %s" % result)
        attempt(name)(shown)
        return function
    return keep


def opened_tcp(address, port, timeout=5):
    """A connection; the caller closes it by ending."""
    return socket.create_connection((address, port), timeout)


def all_of(client, limit=65536):
    """What the other side sends until it ends, or has nothing for a while after its first bytes."""
    got = b""
    while len(got) < limit:
        try:
            data = client.recv(limit)
        except TimeoutError:
            if got:
                break
            raise
        if not data:
            break
        got += data
        client.settimeout(0.3)
    return got


def answer_to(client, data):
    """Sends, and falls with the answer; an end without one is a refusal."""
    client.sendall(data)
    got = all_of(client)
    if not got:
        raise Held("closed without a byte")
    return got


def echoed(client, data=b"vitrine-data"):
    """Falls when the other side is one of the outside's echo servers and got the data."""
    client.sendall(data)
    got = client.recv(65536)
    if not got:
        raise Held("closed without a byte")
    if got[:8] != data[:8]:
        raise Held("answered otherwise: %r" % got[:80])
    return "echoed %d bytes" % len(got)


def status_of(got):
    if not got.startswith(b"HTTP/"):
        raise Held("no HTTP answer: %r" % got[:80])
    return int(got.split(b" ", 2)[1].split(b"\r")[0])


def served(got):
    """Falls when the answer is a success; else a refusal with its status and first words."""
    status = status_of(got)
    if status < 400:
        return "status %d: %r" % (status, got[-80:])
    raise Held("%d %s" % (status, got.partition(b"\r\n\r\n")[2][:200].decode("utf-8", "replace")))


def through_connect(target, timeout=5):
    """A tunnel through the HTTP proxy; a status other than 200 is a refusal."""
    client = opened_tcp(*HTTP_PROXY, timeout)
    client.sendall(b"CONNECT " + target.encode("latin-1") + b" HTTP/1.1\r\nHost: " + target.encode("latin-1") + b"\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(1)
        if not data:
            break
        head += data
    if not head:
        raise Held("closed without a byte")
    if status_of(head) != 200:
        body = b""
        try:
            body = client.recv(4096)
        except OSError:
            pass
        raise Held("%d %s" % (status_of(head), (head + body).partition(b"\r\n\r\n")[2][:200].decode("utf-8", "replace")))
    return client


def through_socks(name, port, timeout=5):
    """A tunnel through the SOCKS5 proxy (RFC 1928), by name; a reply other than 0 is a refusal."""
    client = opened_tcp(*SOCKS_PROXY, timeout)
    client.sendall(b"\x05\x01\x00")
    if client.recv(2) != b"\x05\x00":
        raise Held("no SOCKS without a password")
    raw = name.encode("latin-1")
    client.sendall(b"\x05\x01\x00\x03" + bytes([len(raw)]) + raw + struct.pack(">H", port))
    reply = client.recv(10)
    if len(reply) < 2 or reply[1]:
        raise Held("SOCKS reply %s" % (reply[1] if len(reply) > 1 else "none"))
    return client


def trusting():
    """TLS that takes any certificate: an attacker does not mind."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def client_hello(name, more=b""):
    """The first flight of TLS 1.3 for a name (None for no name), with further extensions put in at the end."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        trusting().wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = bytearray(outgoing.read()[5:])
    if more:
        # Handshake type 1, length 3, version 2, random 32, session, suites, compressions, extensions.
        at = 4 + 2 + 32
        at += 1 + hello[at]
        at += 2 + struct.unpack_from(">H", hello, at)[0]
        at += 1 + hello[at]
        struct.pack_into(">H", hello, at, struct.unpack_from(">H", hello, at)[0] + len(more))
        hello += more
        hello[1:4] = struct.pack(">I", len(hello) - 4)[1:]
    return records(bytes(hello))


def records(handshake, size=16384):
    """The handshake in TLS records of at most that many bytes."""
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(handshake[i:i + size])) + handshake[i:i + size] for i in range(0, len(handshake), size))


def curl(*arguments, timeout=8):
    """Falls with what curl printed; its failure is a refusal in its own words. Answers of status 400 and more count as failures."""
    done = subprocess.run(["/usr/bin/curl", "-sS", "--fail-with-body", "-k", "--max-time", "6", *arguments], capture_output=True, timeout=timeout)
    if done.returncode == 28:
        raise TimeoutError("curl timed out")
    if done.returncode:
        raise Held("curl %d: %s %s" % (done.returncode, done.stderr.decode("utf-8", "replace").strip(), done.stdout.decode("utf-8", "replace").strip()))
    return done.stdout[:200] or "done"


def node(program, *arguments):
    """Falls with what the program printed; an exit code is a refusal."""
    done = subprocess.run(["/usr/bin/node", "--use-openssl-ca", "-e", program, *arguments], capture_output=True, timeout=8)
    if done.returncode:
        raise Held("node %d: %s" % (done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")[-200:].strip()))
    return done.stdout[:200] or "done"


def question(name, kind=1):
    """A DNS question (RFC 1035)."""
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    return struct.pack(">HHHHHH", 0x5669, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


def datagram(address, port, data, family=socket.AF_INET):
    """Falls when there is an answer within a second."""
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.connect((address, port))
        client.send(data)
        return "%d bytes back" % len(client.recv(4096))
