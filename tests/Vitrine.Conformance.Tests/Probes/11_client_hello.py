#: number: 11
#: network: outside
#: title: A ClientHello that says something else
#: technique: Another name than the tunnel's, none, two, one hidden by ECH, an odd one; the hello in tiny records, too long, one byte a second, never whole.
#: reference: REQUIREMENTS N2; RFC 8446, RFC 6066, RFC 9849
#: expected: closed without a byte to the server, in bounded time
#: control: through an open proxy the server echoes each of them
#: egress: {allow: [opaque.allowed.example]}
#: records: sni-differs, sni-missing, ech

TIMEOUT = 30
NAME = "opaque.allowed.example"


def server_name(name):
    raw = name if isinstance(name, bytes) else name.encode()
    entry = b"\0" + struct.pack(">H", len(raw)) + raw
    return struct.pack(">HHH", 0, len(entry) + 2, len(entry)) + entry


def both_ways(name, data):
    refused("connect-" + name)(lambda: echoed(through_connect(NAME + ":443"), data()))
    refused("direct-" + name)(lambda: echoed(opened_tcp(NAME, 443), data()))


ECH = struct.pack(">HH", 0xFE0D, 44) + b"\0\0\x01\0\x01\x07" + struct.pack(">H", 8) + b"k" * 8 + struct.pack(">H", 26) + b"p" * 26
both_ways("other-name", lambda: client_hello("www.denied.example"))
both_ways("other-allowed-suffix", lambda: client_hello("opaque.allowed.example.attacker.example"))
both_ways("no-name", lambda: client_hello(None))
both_ways("two-names", lambda: client_hello(NAME, server_name("www.denied.example")))
both_ways("ech", lambda: client_hello(NAME, ECH))
both_ways("name-with-nul", lambda: client_hello(None, server_name(b"opaque.allowed.example\0.attacker.example")))
both_ways("name-with-dot", lambda: client_hello(None, server_name(b"www.denied.example.")))
both_ways("empty-name", lambda: client_hello(None, server_name(b"")))
both_ways("other-name-in-small-records", lambda: records(client_hello("www.denied.example")[5:], 7))
both_ways("no-name-byte-by-byte", lambda: records(client_hello(None)[5:], 1))
both_ways("too-long", lambda: records(b"\x01" + struct.pack(">I", 120000)[1:] + b"\x03\x03" + b"x" * 119998)[:70000])
both_ways("endless-empty-records", lambda: b"\x16\x03\x01\x00\x00" * 20000)


for _name, _open in {"connect": lambda: through_connect(NAME + ":443", 25), "direct": lambda: opened_tcp(NAME, 443, 25)}.items():
    @refused("slow-" + _name, within=14)
    def _(open_to=_open):
        client, data = open_to(), client_hello(NAME)
        client.settimeout(1)
        for i in range(20):
            client.send(data[i:i + 1])
            try:
                if not client.recv(64):
                    raise Held("closed after %d s" % i)
                return "the server had a byte after %d s" % i
            except TimeoutError:
                pass
        return "still open after 20 s"

    @refused("never-whole-" + _name, within=14)
    def _(open_to=_open):
        client = open_to()
        client.sendall(client_hello(NAME)[:100])
        if not client.recv(64):
            raise Held("closed")
        return "echoed"

works("allowed")(lambda: echoed(through_connect(NAME + ":443"), client_hello(NAME)))
works("allowed-in-small-records")(lambda: echoed(opened_tcp(NAME, 443), records(client_hello(NAME)[5:], 50)))


run()
