#: number: 34
#: title: Socket families beyond Unix and IP
#: technique: Open a socket of each named family, each netlink protocol but route, and then of every family there is.
#: reference: socket(2), vsock(7), packet(7), netlink(7); CVE-2017-7308 (packet), CVE-2021-22555 (netfilter by netlink)
#: expected: EPERM or EAFNOSUPPORT
#: control: root on the host opens packet, vsock, XDP and netlink sockets; of the families this kernel lacks (ALG, TIPC, KEY) the sweep stands for

REFUSED = DENIED + ("EAFNOSUPPORT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT")
SOCK_RAW = 3


def opens(family, kind, protocol):
    return lambda: "socket at %d" % call(41, family, kind, protocol)


for _name, _arguments in {
    "vsock-stream": (40, 1, 0),
    "packet-raw": (17, SOCK_RAW, 0x300),
    "packet-dgram": (17, 2, 0x300),
    "xdp": (44, SOCK_RAW, 0),
    "raw-ip": (2, SOCK_RAW, 255),
    "raw-icmp": (2, SOCK_RAW, 1),
    "raw-ip6": (10, SOCK_RAW, 58),
    "netlink-usersock": (16, SOCK_RAW, 2),
    "netlink-sock-diag": (16, SOCK_RAW, 4),
    "netlink-xfrm": (16, SOCK_RAW, 6),
    "netlink-audit": (16, SOCK_RAW, 9),
    "netlink-connector": (16, SOCK_RAW, 11),
    "netlink-netfilter": (16, SOCK_RAW, 12),
    "netlink-uevent": (16, SOCK_RAW, 15),
    "netlink-generic": (16, SOCK_RAW, 16),
}.items():
    attempt(_name, held=REFUSED)(opens(*_arguments))


@attempt("every-other-family", held=REFUSED)
def _():
    allowed = {1, 2, 10, 16}
    found, last = [], None
    for family in range(0, 64):
        if family in allowed:
            continue
        for kind in (1, 2, 3, 4, 5):
            for protocol in (0, 1, 2):
                try:
                    os.close(call(41, family, kind, protocol))
                    found.append(family)
                except OSError as e:
                    # Only a refusal that looks the same for every family says that the filter answered.
                    last = e
    if not found:
        raise last
    return "families " + ",".join(str(f) for f in sorted(set(found)))


@attempt("socketpair-vsock", held=REFUSED)
def _():
    try:
        return "pair: %d" % call(53, 40, 1, 0, ctypes.create_string_buffer(8))
    except OSError as e:
        if e.errno == errno.EOPNOTSUPP:
            return "the family itself answered"
        raise


run()
