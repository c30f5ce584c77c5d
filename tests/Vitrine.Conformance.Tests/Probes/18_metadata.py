#: number: 18
#: network: outside
#: title: The cloud's metadata service
#: technique: 169.254.169.254 and its kin in every notation, directly, by CONNECT, by SOCKS and in absolute form; the services' names; an allowed name that leads there.
#: reference: REQUIREMENTS N3
#: expected: refused, with an alarm
#: control: without a sandbox, and through an open proxy, the address answers
#: egress: {allow: [{host: "*.allowed.example", ports: [80], protocol: http, internal: true}]}
#: records: metadata

HEAD = b"GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n\r\n"

for _address in ("169.254.169.254", "169.254.170.2", "100.100.100.200"):
    refused("direct-" + _address)(lambda address=_address: served(answer_to(opened_tcp(address, 80), HEAD)))

for _name in ("169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "169.254.43518", "[::ffff:169.254.169.254]", "[fd00:ec2::254]",
              "metadata.google.internal", "metadata", "instance-data.ec2.internal"):
    refused("connect-" + _name.strip("[]"), within=4)(lambda name=_name: "tunnel %d" % through_connect(name + ":80").fileno())
    refused("absolute-" + _name.strip("[]"), within=4)(lambda name=_name: served(answer_to(opened_tcp(*HTTP_PROXY),
        b"GET http://" + name.encode() + b"/latest/meta-data/ HTTP/1.1\r\nHost: " + name.encode() + b"\r\nConnection: close\r\n\r\n")))

refused("socks")(lambda: "tunnel %d" % through_socks("169.254.169.254", 80).fileno())
refused("allowed-name")(lambda: served(answer_to(opened_tcp("to-metadata.allowed.example", 80),
    b"GET / HTTP/1.1\r\nHost: to-metadata.allowed.example\r\nConnection: close\r\n\r\n")))
refused("allowed-name-through-the-proxy")(lambda: served(answer_to(opened_tcp(*HTTP_PROXY),
    b"GET http://to-metadata.allowed.example/ HTTP/1.1\r\nHost: to-metadata.allowed.example\r\nConnection: close\r\n\r\n")))

works("allowed")(lambda: served(answer_to(opened_tcp(ALLOWED, 80), b"GET / HTTP/1.1\r\nHost: www.allowed.example\r\nConnection: close\r\n\r\n")))


run()
