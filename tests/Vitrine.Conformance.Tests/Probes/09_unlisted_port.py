#: number: 9
#: network: outside
#: title: An allowed host on another port
#: technique: CONNECT, SOCKS5, absolute-form and plain connections to an allowed name on ports that its rule does not list.
#: reference: REQUIREMENTS N2
#: expected: 403 with the rule's id
#: control: an open proxy makes the tunnel, and without a sandbox the port echoes
#: egress: {allow: [{host: www.allowed.example, ports: [443], id: the-web}]}
#: records: port

for _port in (80, 22, 7007, 8443):
    def _connect(port=_port):
        try:
            return "tunnel %d" % through_connect("%s:%d" % (ALLOWED, port)).fileno()
        except Held as e:
            if not str(e).startswith("403 ") or "the-web" not in str(e):
                raise RuntimeError("refused otherwise: %s" % e)
            raise
    refused("connect-%d" % _port)(_connect)

refused("socks")(lambda: echoed(through_socks(ALLOWED, 7007)))
refused("plain")(lambda: echoed(opened_tcp(ALLOWED, 7007)))
refused("absolute-form")(lambda: served(answer_to(opened_tcp(*HTTP_PROXY),
    b"GET http://www.allowed.example:8080/ HTTP/1.1\r\nHost: www.allowed.example:8080\r\nConnection: close\r\n\r\n")))

works("allowed")(lambda: "tunnel %d" % through_connect(ALLOWED + ":443").fileno())


run()
