#: number: 12
#: network: outside
#: title: Another host on an allowed connection
#: technique: Host and :authority that are not the connection's name, the second host on a kept-alive connection and on one HTTP/2 connection.
#: reference: REQUIREMENTS N2; RFC 9110 section 7.4, RFC 9113 section 9.1.1
#: expected: 421, 403 or 400; the server outside never sees the other host
#: control: without a sandbox the server answers as the other host
#: egress: {allow: [{host: www.allowed.example, ports: [443, 80], inspect: true, protocol: tls}, {host: web.allowed.example, ports: [80], protocol: http}]}


def other_host(line, host=DENIED_HOST):
    return line + b"\r\nHost: " + host.encode() + b"\r\nConnection: keep-alive\r\n\r\n"


def secure():
    context = trusting()
    context.set_alpn_protocols(["http/1.1"])
    return context.wrap_socket(opened_tcp(ALLOWED, 443), server_hostname=ALLOWED)


def said(got):
    # The server greets by the name it was asked as.
    if b"hello from www.denied.example" in got:
        return "answered as the other host"
    raise Held("%s" % got[:60])


refused("host-in-tls")(lambda: said(answer_to(secure(), other_host(b"GET / HTTP/1.1"))))
refused("host-in-http")(lambda: said(answer_to(opened_tcp("web.allowed.example", 80), other_host(b"GET / HTTP/1.1"))))


def second(client):
    first = answer_to(client, other_host(b"GET / HTTP/1.1", ALLOWED if isinstance(client, ssl.SSLSocket) else "web.allowed.example"))
    if b"hello from" not in first:
        raise RuntimeError("the first request failed: %r" % first[:200])
    client.settimeout(5)
    return said(answer_to(client, other_host(b"GET / HTTP/1.1")))


refused("second-request-in-tls", within=4)(lambda: second(secure()))
refused("second-request-in-http", within=4)(lambda: second(opened_tcp("web.allowed.example", 80)))


HTTP2 = """
const [host, ...others] = process.argv.slice(1);
const client = require('http2').connect('https://' + host, {rejectUnauthorized: false});
client.on('error', e => { console.error(e.message); process.exit(1); });
const ask = authority => new Promise((done, fail) => {
  const request = client.request({':authority': authority, ':path': '/'});
  let status, body = '';
  request.on('response', h => status = h[':status']).on('data', d => body += d).on('end', () => done(status + ' ' + body)).on('error', fail).end();
});
(async () => {
  const first = await ask(host);
  if (!first.startsWith('200')) { console.error('BROKEN ' + first); process.exit(3); }
  for (const other of others) {
    const answer = await ask(other);
    if (answer.includes('hello from ' + other)) { console.log(answer); process.exit(0); }
    console.error(other + ': ' + answer);
  }
  process.exit(1);
})().catch(e => { console.error(e.message); process.exit(1); });
"""


def coalesced(*others):
    try:
        return node(HTTP2, ALLOWED, *others)
    except Held as e:
        if "BROKEN" in str(e):
            raise RuntimeError(str(e))
        raise


refused("http2-authority")(lambda: coalesced(DENIED_HOST))
refused("http2-coalescing")(lambda: coalesced("git.allowed.example", "other.allowed.example"))
refused("http2-curl")(lambda: curl("--noproxy", "*", "--http2", "-H", "Host: " + DENIED_HOST, "https://%s/" % ALLOWED))


run()
