#: number: 26
#: network: outside
#: title: Data out by way of an allowed host
#: technique: Methods and paths that the rule does not list, in every spelling; bodies on GET; override headers; and more bytes than the rule's budget.
#: reference: REQUIREMENTS N2
#: expected: 403 with what to add; past its budget the connection is cut
#: control: without a sandbox the server takes each of them
#: egress: {allow: [{host: www.allowed.example, methods: [GET, HEAD], paths: ["/public/*"]}, {host: tcp.allowed.example, ports: [7007], protocol: tcp, bytes: 1MiB, id: echo}]}
#: records: method, path, budget

TIMEOUT = 20


def asked(line, more=b"", body=b""):
    context = trusting()
    context.set_alpn_protocols(["http/1.1"])
    with context.wrap_socket(opened_tcp(ALLOWED, 443), server_hostname=ALLOWED) as client:
        head = line + b" HTTP/1.1\r\nHost: www.allowed.example\r\nConnection: close\r\n" + more
        if body:
            head += b"Content-Length: %d\r\n" % len(body)
        return served(answer_to(client, head + b"\r\n" + body))


refused("post")(lambda: asked(b"POST /public/x", body=b"secret"))
refused("put")(lambda: asked(b"PUT /public/x", body=b"secret"))
refused("patch")(lambda: asked(b"PATCH /public/x", body=b"secret"))
refused("delete")(lambda: asked(b"DELETE /public/x"))
refused("own-method")(lambda: asked(b"VITRINE /public/x"))
refused("lower-case-method")(lambda: asked(b"post /public/x", body=b"secret"))
refused("other-path")(lambda: asked(b"GET /gists"))
refused("parent")(lambda: asked(b"GET /public/../gists"))
refused("encoded-parent")(lambda: asked(b"GET /public/%2e%2e/gists"))
refused("encoded-slash")(lambda: asked(b"GET /public%2f..%2fgists"))
refused("double-slash")(lambda: asked(b"GET //gists/public/"))
refused("backslash")(lambda: asked(b"GET /public\\..\\gists"))
refused("prefix")(lambda: asked(b"GET /publicity"))
refused("case")(lambda: asked(b"GET /PUBLIC/x"))
refused("query-only")(lambda: asked(b"GET /?/public/x"))
refused("http2-post")(lambda: curl("--noproxy", "*", "--http2", "-X", "POST", "-d", "secret", "https://www.allowed.example/public/x"))


@refused("budget", within=15)
def _():
    client = opened_tcp("tcp.allowed.example", 7007)
    client.settimeout(3)
    back = 0
    try:
        for _i in range(64):
            client.sendall(b"x" * 65536)
            while back < (_i + 1) * 65536:
                got = client.recv(65536)
                if not got:
                    raise Held("cut after %d bytes" % back)
                back += len(got)
    except OSError as e:
        raise Held("cut after %d bytes: %s" % (back, e))
    return "%d bytes out and back" % back


@refused("budget-again")
def _():
    # It is the sandbox's, not the connection's.
    client = opened_tcp("tcp.allowed.example", 7007)
    client.sendall(b"x" * 65536)
    total = 0
    while total < 65536:
        got = client.recv(65536)
        if not got:
            raise Held("cut")
        total += len(got)
    return "passed"

works("allowed")(lambda: asked(b"GET /public/x?y=z"))


run()
