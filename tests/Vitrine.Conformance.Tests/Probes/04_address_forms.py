#: number: 4
#: network: outside
#: title: IPv6 and what stands for IPv4 in it
#: technique: TCP and UDP to native IPv6, v4-mapped, v4-compatible, NAT64, 6to4, Teredo, unique-local and link-local addresses; the proxies asked for them.
#: reference: REQUIREMENTS N1; RFC 4291, RFC 6052, RFC 3056, RFC 4380
#: expected: unreachable, reset, or 403
#: control: without a sandbox these addresses echo
#: egress: {allow: ["*.allowed.example", {host: tcp.allowed.example, ports: [7007], protocol: tcp}]}
#: records: raw-address

FORMS = {
    "native": CANARY6,
    "resolver": "2606:4700:4700::1111",
    "mapped": "::ffff:" + CANARY,
    "nat64": "64:ff9b::b07:c8",
    "6to4": "2002:b07:c8::1",
    "teredo": "2001:0:b07:c8::1",
    "unique-local": "fd00:ec2::254",
}
for _name, _address in FORMS.items():
    refused("tcp-" + _name)(lambda address=_address: echoed(opened_tcp(address, 7007)))
    refused("connect-" + _name)(lambda address=_address: echoed(through_connect("[%s]:7007" % address)))

refused("udp-native")(lambda: datagram(CANARY6, 443, b"vitrine-data", socket.AF_INET6))


@refused("udp-mapped")
def _():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.sendto(b"vitrine-data", ("::ffff:" + CANARY, 443))
        return "%d bytes back" % len(client.recv(64))


@refused("socks-address-of-type-4")
def _():
    client = opened_tcp(*SOCKS_PROXY)
    client.sendall(b"\x05\x01\x00")
    client.recv(2)
    client.sendall(b"\x05\x01\x00\x04" + socket.inet_pton(socket.AF_INET6, CANARY6) + struct.pack(">H", 7007))
    reply = client.recv(10)
    if len(reply) < 2 or reply[1]:
        raise Held("SOCKS reply %r" % reply[:2])
    return echoed(client)


@refused("socks-address-of-type-1")
def _():
    client = opened_tcp(*SOCKS_PROXY)
    client.sendall(b"\x05\x01\x00")
    client.recv(2)
    client.sendall(b"\x05\x01\x00\x01" + socket.inet_aton(CANARY) + struct.pack(">H", 7007))
    reply = client.recv(10)
    if len(reply) < 2 or reply[1]:
        raise Held("SOCKS reply %r" % reply[:2])
    return echoed(client)

works("allowed")(lambda: echoed(through_connect("tcp.allowed.example:7007")))


run()
