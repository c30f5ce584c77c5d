#: number: 13
#: network: outside
#: title: A request that names two hosts
#: technique: Absolute-form URIs of a denied host on the proxy and on a plain connection, and URIs whose Host header says another.
#: reference: REQUIREMENTS N2; RFC 9112 section 3.2.2
#: expected: 403, 400 or 421
#: control: an open proxy fetches
#: egress: {allow: ["www.allowed.example:80", "lax.allowed.example:80"]}
#: records: not-allowed


def asked(where, target, host, version=b"1.1"):
    head = b"GET " + target.encode() + b" HTTP/" + version + b"\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n\r\n"
    return served(answer_to(opened_tcp(*where), head))


LAX = "lax.allowed.example"
PLAIN = (LAX, 80)
DENIED_URI, ALLOWED_URI = "http://www.denied.example/", "http://www.allowed.example/"
refused("proxy-denied")(lambda: asked(HTTP_PROXY, DENIED_URI, DENIED_HOST))
refused("proxy-denied-uri-allowed-host")(lambda: asked(HTTP_PROXY, DENIED_URI, ALLOWED))
refused("proxy-allowed-uri-denied-host")(lambda: asked(HTTP_PROXY, ALLOWED_URI, DENIED_HOST))
refused("proxy-with-user")(lambda: asked(HTTP_PROXY, "http://www.allowed.example@www.denied.example/", ALLOWED))
refused("proxy-denied-http-1-0")(lambda: asked(HTTP_PROXY, DENIED_URI, ALLOWED, b"1.0"))
refused("proxy-https")(lambda: asked(HTTP_PROXY, "https://www.denied.example:80/", ALLOWED))
refused("plain-denied-uri")(lambda: asked(PLAIN, DENIED_URI, LAX))
refused("plain-denied-both")(lambda: asked(PLAIN, DENIED_URI, DENIED_HOST))
refused("two-hosts")(lambda: served(answer_to(opened_tcp(*PLAIN),
    b"GET / HTTP/1.1\r\nHost: lax.allowed.example\r\nHost: www.denied.example\r\nConnection: close\r\n\r\n")))

works("allowed")(lambda: asked(HTTP_PROXY, ALLOWED_URI, ALLOWED))
works("allowed-directly")(lambda: asked(PLAIN, "/", LAX))


run()
