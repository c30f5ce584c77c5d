#: number: 3
#: network: own
#: title: Loopback and nothing else
#: technique: Send by TCP, UDP, ICMP and IPv6 to a neighbour, a public, a private and the metadata address; change the interfaces, routes and filters.
#: reference: REQUIREMENTS N1; network_namespaces(7), rtnetlink(7)
#: expected: ENETUNREACH at once; EPERM for changes
#: control: in a network namespace of the control's own these addresses are on its loopback and a listener answers

UNREACHABLE = DENIED + ("ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL")
FOUR = ("192.0.2.1", "198.51.100.7", "10.0.0.1", "172.17.0.1", "169.254.169.254", "100.100.100.200")
SIX = ("2001:db8::1", "fd00::1", "::ffff:192.0.2.1", "64:ff9b::c000:201", "fe80::1")
PORT = 8853
if CONTROL:
    for _command in [["link", "set", "lo", "up"]] + [["addr", "add", a + "/32", "dev", "lo"] for a in FOUR] + [
            ["-6", "addr", "add", a + "/128", "dev", "lo"] for a in SIX if not a.startswith("::ffff")]:
        subprocess.check_call(["/usr/sbin/ip"] + _command)
    for _family, _any in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        for _kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            _listener = socket.socket(_family, _kind)
            if _family == socket.AF_INET6:
                _listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            _listener.bind((_any, PORT))
            if _kind == socket.SOCK_STREAM:
                _listener.listen(64)
            globals().setdefault("_kept", []).append(_listener)


def tries(address, kind):
    def send():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        scope = (address, PORT, 0, socket.if_nametoindex("lo")) if address.startswith("fe80") else (address, PORT)
        with socket.socket(family, kind) as client:
            client.settimeout(2)
            began = time.monotonic()
            try:
                client.connect(scope)
                if kind == socket.SOCK_DGRAM:
                    client.send(b"vitrine")
            except TimeoutError:
                return "no answer for %.1f s: something took the packet" % (time.monotonic() - began)
            return "sent"
    return send


for _address in FOUR + SIX:
    attempt("tcp-" + _address, held=UNREACHABLE)(tries(_address, socket.SOCK_STREAM))
    attempt("udp-" + _address, held=UNREACHABLE)(tries(_address, socket.SOCK_DGRAM))


@attempt("icmp-echo", held=UNREACHABLE + ("EPROTONOSUPPORT",))
def _():
    if CONTROL:
        open("/proc/sys/net/ipv4/ping_group_range", "w").write("0 0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as ping:
        ping.connect(("192.0.2.1", 0))
        ping.send(b"\x08\x00\x00\x00\x00\x00\x00\x01" + b"data" * 8)
    return "sent"


@attempt("tcp-fast-open", held=UNREACHABLE)
def _():
    with socket.socket() as client:
        client.sendto(b"data", socket.MSG_FASTOPEN, ("192.0.2.1", PORT))
    return "sent"


@attempt("broadcast", held=UNREACHABLE + ("EINVAL",))
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        target = ("127.255.255.255", PORT) if CONTROL else ("255.255.255.255", PORT)
        client.sendto(b"x", target)
    return "sent"


@attempt("bind-to-device", held=DENIED + ("ENODEV",))
def _():
    with socket.socket() as client:
        # Since Linux 5.7 anyone may bind an unbound socket; only a device that leads somewhere would help.
        device = b"lo" if CONTROL else b"eth0"
        client.setsockopt(socket.SOL_SOCKET, 25, device)
    return "bound"


def netlink(kind, payload):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
        route.settimeout(3)
        route.send(struct.pack("IHHII", 16 + len(payload), kind, 0x605, 1, 0) + payload)
        answer = route.recv(4096)
    length, answer_kind = struct.unpack_from("IH", answer)
    if answer_kind != 2:
        raise RuntimeError("netlink answered with type %d" % answer_kind)
    code = -struct.unpack_from("i", answer, 16)[0]
    if code:
        raise OSError(code, os.strerror(code))
    return "done"


@attempt("add-address")
def _():
    # RTM_NEWADDR 198.18.0.1/32 on lo: struct ifaddrmsg + IFA_LOCAL.
    return netlink(20, struct.pack("BBBBI", 2, 32, 0, 0, 1) + struct.pack("HH", 8, 2) + socket.inet_aton("198.18.0.1"))


@attempt("add-route")
def _():
    # RTM_NEWROUTE 198.19.0.0/16 by lo: struct rtmsg + RTA_DST + RTA_OIF.
    return netlink(24, struct.pack("BBBBBBBBI", 2, 16, 0, 0, 254, 4, 253, 1, 0) + struct.pack("HH", 8, 1) + socket.inet_aton("198.19.0.0") + struct.pack("HHI", 8, 4, 1))


@attempt("interface-down")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        # SIOCSIFFLAGS: lo, flags 0.
        call(16, handle.fileno(), 0x8914, ctypes.create_string_buffer(struct.pack("16sH22x", b"lo", 0)))
    return "down"


@attempt("iptables", held=DENIED + ("ENOPROTOOPT",))
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as handle:
        return "raw socket %d" % handle.fileno()


@attempt("tun", held=HIDDEN)
def _():
    path = "/dev/net/tun"
    if CONTROL and not os.path.exists(path):
        path = os.path.join(scratch(), "tun")
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(10, 200))
    fd = os.open(path, os.O_RDWR)
    return "opened %d" % fd


run()
