#: number: 3
#: network: outside
#: title: Anything but TCP
#: technique: Send UDP to ports 53, 443 and others, ICMP with data in it, raw packets, SCTP, UDP-Lite, multicast and broadcast.
#: reference: REQUIREMENTS N1; udp(7), raw(7), sctp(7), icmp(7)
#: expected: an error at once, and not a packet at the canary
#: control: without a sandbox UDP and ICMP are answered, the others sent
#: egress: {allow: ["*.allowed.example"]}

for _port in (53, 123, 443, 853, 4444):
    refused("udp-%d" % _port)(lambda port=_port: datagram(CANARY, port, b"vitrine-data"))


@refused("udp-without-connect")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.sendto(b"vitrine-data", (CANARY, 443))
        return "%d bytes back" % len(client.recv(64))


if CONTROL:
    open("/proc/sys/net/ipv4/ping_group_range", "w").write("0 0")


def sends(family, kind, protocol, data, target):
    def send():
        with socket.socket(family, kind, protocol) as client:
            client.settimeout(1)
            client.sendto(data, target)
            # An error message of the sandbox's own kernel comes with the next call.
            time.sleep(0.05)
            client.sendto(data, target)
            return "sent"
    return send


refused("icmp-ping-socket")(sends(socket.AF_INET, socket.SOCK_DGRAM, 1, b"\x08\0\0\0\0\0\0\x01" + b"data" * 16, (CANARY, 0)))
refused("icmp-raw")(sends(socket.AF_INET, socket.SOCK_RAW, 1, b"\x08\0\x97\xfe\0\0\0\x01" + b"data" * 2, (CANARY, 0)))
refused("raw-tcp")(sends(socket.AF_INET, socket.SOCK_RAW, 6, struct.pack(">HHIIBBHHH", 4444, 4444, 0, 0, 0x50, 2, 1024, 0, 0), (CANARY, 0)))
refused("raw-any")(sends(socket.AF_INET, socket.SOCK_RAW, 253, b"vitrine-data", (CANARY, 0)))
refused("udp-lite")(sends(socket.AF_INET, socket.SOCK_RAW if CONTROL else socket.SOCK_DGRAM, 136, b"\x11\x5c\x11\x5c\0\x08\0\0", (CANARY, 0 if CONTROL else 4444)))
refused("multicast")(sends(socket.AF_INET, socket.SOCK_DGRAM, 0, b"vitrine-data", ("239.1.2.3", 4444)))


@refused("sctp")
def _():
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132) as client:
            client.settimeout(1)
            client.connect((CANARY, 4444))
            return "connected"
    except OSError as e:
        if e.errno != errno.EPROTONOSUPPORT:
            raise
    # A kernel without SCTP: the packet itself, an INIT chunk.
    return sends(socket.AF_INET, socket.SOCK_RAW, 132, struct.pack(">HHIIBBH", 4444, 4444, 0, 0, 1, 0, 20) + b"\0" * 16, (CANARY, 0))()


@refused("broadcast")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.sendto(b"vitrine-data", ("255.255.255.255", 4444))
        time.sleep(0.05)
        client.sendto(b"vitrine-data", ("255.255.255.255", 4444))
        return "sent"


run()
