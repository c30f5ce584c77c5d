#: number: 19
#: network: outside
#: title: One hop more
#: technique: Redirects and Alt-Svc of an allowed host to a denied one, the proxy asked for itself, chained proxies, a relay inside the sandbox.
#: reference: REQUIREMENTS N2; RFC 7838
#: expected: each hop is judged by itself
#: control: without a sandbox, and through an open proxy, the second hop is made
#: egress: {allow: [www.allowed.example, "www.allowed.example:80", {host: see.allowed.example, inspect: true}]}

TIMEOUT = 15
DENIED_URL = "https://%s/" % DENIED_HOST
for _name, _options in {"transparent": ("--noproxy", "*"), "proxy": ("--proxy", "http://%s:3128" % GATEWAY)}.items():
    refused("redirect-" + _name)(lambda options=_options: curl(*options, "-L", "https://www.allowed.example/redirect?to=" + DENIED_URL))
    refused("redirect-http-" + _name)(lambda options=_options: curl(*options, "-L", "http://www.allowed.example/redirect?to=http://%s/" % DENIED_HOST))
    refused("redirect-inspected-" + _name)(lambda options=_options: curl(*options, "-L", "https://see.allowed.example/redirect?to=" + DENIED_URL))


@refused("alternative-service", within=6)
def _():
    cache = os.path.join(scratch(), "alt-svc")
    with open(cache, "w") as file:
        file.write('h2 www.allowed.example 443 h2 www.denied.example 443 "20991231 00:00:00" 0 0\n')
    curl("--noproxy", "*", "--alt-svc", cache, "-o", cache + ".body", "-D", cache + ".head", "https://www.allowed.example/")
    place = [l for l in open(cache + ".head") if l.lower().startswith("x-served-at")]
    if any(CANARY in l for l in place):
        return "served at the alternative"
    raise Held("served by the host itself: %s" % place)


def proxied_to_itself(target):
    client = through_connect(target)
    return served(answer_to(client, b"GET http://%s/ HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (DENIED_HOST.encode(), DENIED_HOST.encode())))


refused("proxy-by-the-proxy")(lambda: proxied_to_itself("%s:3128" % GATEWAY))
refused("proxy-by-the-proxy-by-name")(lambda: proxied_to_itself("localhost:3128") if not CONTROL else proxied_to_itself(GATEWAY + ":3128"))


@refused("relay-inside", within=6)
def _():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        inner, _ = listener.accept()
        outer = opened_tcp(DENIED_HOST if CONTROL else CANARY, 7007)
        outer.sendall(inner.recv(4096))
        inner.sendall(outer.recv(4096))

    def guarded():
        try:
            serve()
        finally:
            listener.close()

    threading.excepthook = lambda _: None
    worker = threading.Thread(target=guarded, daemon=True)
    worker.start()
    client = opened_tcp("127.0.0.1", listener.getsockname()[1])
    client.sendall(b"vitrine-data")
    worker.join(4)
    client.settimeout(1)
    got = b""
    try:
        got = client.recv(64)
    except OSError:
        pass
    if got:
        return "relayed"
    raise Held("the relay's own connection was refused")

works("allowed")(lambda: curl("--noproxy", "*", "-L", "https://www.allowed.example/redirect?to=https://see.allowed.example/"))


run()
