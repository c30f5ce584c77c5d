#: number: 22
#: network: outside
#: title: The filters and routes themselves
#: technique: nft and iptables by their sockets, addresses, routes and links by netlink and by ioctl, sysctl, TUN; afterwards the denied address again.
#: reference: REQUIREMENTS N1; rtnetlink(7), netlink(7), iptables(8)
#: expected: EPERM, and the denial stands
#: control: root on the near side opens these doors
#: egress: {allow: [www.allowed.example]}

UNSUPPORTED = DENIED + ("EPROTONOSUPPORT", "EAFNOSUPPORT", "ENOPROTOOPT")


def netlink(protocol, kind, flags, payload):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as link:
        link.settimeout(3)
        link.send(struct.pack("IHHII", 16 + len(payload), kind, flags, 1, 0) + payload)
        answer = link.recv(65536)
    if struct.unpack_from("IH", answer)[1] == 2:
        code = -struct.unpack_from("i", answer, 16)[0]
        if code:
            raise OSError(code, os.strerror(code))
    return "done"


# NFT_MSG_GETTABLE for all, and NFT_MSG_NEWTABLE in a batch: who may read the rules may change them.
refused("nft-list", held=UNSUPPORTED)(lambda: netlink(12, (10 << 8) | 1, 0x301, b"\x02\0\0\0"))
refused("iptables", held=UNSUPPORTED)(lambda: "raw socket %d" % socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).fileno())
refused("add-address", held=UNSUPPORTED)(lambda: netlink(0, 20, 0x605 if not CONTROL else 0x505,
    struct.pack("BBBBI", 2, 32, 0, 0, 1) + struct.pack("HH", 8, 2) + socket.inet_aton("198.18.9.%d" % (os.getpid() % 250))))
refused("add-route", held=UNSUPPORTED)(lambda: netlink(0, 24, 0x505,
    struct.pack("BBBBBBBBI", 2, 32, 0, 0, 254, 4, 253, 1, 0) + struct.pack("HH", 8, 1) + socket.inet_aton("198.19.9.9") + struct.pack("HHI", 8, 4, 1)))
refused("add-rule", held=UNSUPPORTED)(lambda: netlink(0, 32, 0x505, struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 0, 0, 1, 0)))
refused("link-flags", held=UNSUPPORTED)(lambda: netlink(0, 16, 5, struct.pack("BBHiII", 0, 0, 0, 1, 1, 1)))


@refused("interface-by-ioctl", held=UNSUPPORTED)
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        # SIOCSIFFLAGS: lo, up and running as it is.
        call(16, handle.fileno(), 0x8914, ctypes.create_string_buffer(struct.pack("16sH22x", b"lo", 0x49)))
    return "set"


for _name in ("ip_forward", "ip_unprivileged_port_start", "conf/all/route_localnet"):
    def _write(name=_name):
        path = "/proc/sys/net/ipv4/" + name
        old = open(path).read()
        with open(path, "w") as file:
            file.write(old)
        return "written"
    refused("sysctl-" + _name.replace("/", "-"), held=HIDDEN)(_write)


@refused("tun", held=HIDDEN)
def _():
    path = "/dev/net/tun"
    if CONTROL and not os.path.exists(path):
        path = os.path.join(scratch(), "tun")
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(10, 200))
    return "opened %d" % os.open(path, os.O_RDWR)


refused("afterwards")(lambda: echoed(opened_tcp(CANARY, 7007)))

works("allowed")(lambda: curl("https://%s/" % ALLOWED))


run()
