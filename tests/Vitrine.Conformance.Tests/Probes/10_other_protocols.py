#: number: 10
#: network: outside
#: title: Another protocol where TLS is expected
#: technique: SSH, SMTP, HTTP without TLS and plain bytes on port 443 of an allowed host, by CONNECT and directly; TLS inside TLS where the rule inspects.
#: reference: REQUIREMENTS N2
#: expected: closed; the server outside gets nothing
#: control: through an open proxy, and without a sandbox, the server echoes
#: egress: {allow: [opaque.allowed.example, {host: tunnel.allowed.example, inspect: true}]}
#: records: protocol

OPENINGS = {
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\nvitrine-data",
    "smtp": b"EHLO attacker.example\r\nvitrine-data",
    "http": b"GET / HTTP/1.1\r\nHost: opaque.allowed.example\r\n\r\n",
    "plain": b"vitrine-data and more of it",
    "zeros": b"\0" * 64,
    "almost-tls": b"\x16\x03\x01\x00\x40vitrine-data" + b"x" * 80,
    "alert": b"\x15\x03\x03\x00\x02\x02\x28vitrine-data",
    "sslv2": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10vitrine-data" + b"x" * 40,
}


for _name, _data in OPENINGS.items():
    refused("connect-" + _name)(lambda data=_data: echoed(through_connect("opaque.allowed.example:443"), data))
    refused("direct-" + _name)(lambda data=_data: echoed(opened_tcp("opaque.allowed.example", 443), data))


for _name, _open in {"connect": lambda: through_connect("tunnel.allowed.example:443"), "direct": lambda: opened_tcp("tunnel.allowed.example", 443)}.items():
    def _inner(open_to=_open, data=client_hello("www.denied.example")):
        with trusting().wrap_socket(open_to(), server_hostname="tunnel.allowed.example") as client:
            return echoed(client, data)
    refused("tls-in-tls-" + _name)(_inner)

    def _bytes(open_to=_open):
        with trusting().wrap_socket(open_to(), server_hostname="tunnel.allowed.example") as client:
            return echoed(client, b"SSH-2.0-OpenSSH_9.2\r\nvitrine-data\r\n\r\n")
    refused("ssh-in-tls-" + _name)(_bytes)

works("allowed")(lambda: echoed(opened_tcp("opaque.allowed.example", 443), client_hello("opaque.allowed.example")))


run()
