#: number: 15
#: network: outside
#: title: Names that two programs read in two ways
#: technique: NUL, CRLF, %00, a dot at the end, Unicode and punycode, a user before the name, suffixes that look like the allowed one, addresses in every notation.
#: reference: REQUIREMENTS N2; RFC 3986, inet_aton(3), RFC 5890
#: expected: 400 or 403
#: control: an open proxy mends the name and connects
#: egress: {allow: ["*.allowed.example", "*.allowed.example:80", {host: "*.allowed.example", ports: [7007], protocol: tcp}]}
#: records: not-allowed

FORMS = {
    "nul": "www.allowed.example\0.attacker.example",
    "nul-after": "attacker.example\0.allowed.example",
    "percent-nul": "attacker.example%00.allowed.example",
    "percent": "attacker%2eexample",
    "line-end": "www.allowed.example\r\nX: y",
    "line-feed": "attacker.example\n.allowed.example",
    "space": "attacker.example .allowed.example",
    "dot-at-the-end": "attacker.example.",
    "unicode": "www.\u00e4llowed.example",
    "full-width": "\u00ef\u00bd\u0097www.allowed.example",
    "punycode": "xn--llowed-bua.example",
    "user": "www.allowed.example@attacker.example",
    "user-and-password": "www.allowed.example:443@attacker.example",
    "suffix-behind": "www.allowed.example.attacker.example",
    "suffix-glued": "evilallowed.example",
    "suffix-bare": "allowed.example",
    "slash": "attacker.example/.allowed.example",
    "hash": "attacker.example#.allowed.example",
    "question-mark": "attacker.example?.allowed.example",
    "backslash": "attacker.example\\.allowed.example",
    "short-address": "127.1",
    "decimal-address": "2130706433",
    "hex-address": "0x7f000001",
    "octal-address": "0177.0.0.1",
    "dotted-hex": "0x7f.0.0.1",
    "loopback": "127.0.0.1",
    "any": "0.0.0.0",
    "six-loopback": "[::1]",
    "six-mapped": "[::ffff:127.0.0.1]",
    "six-zone": "[fe80::1%25lo]",
    "localhost": "localhost",
    "empty": "",
    "star": "*.allowed.example",
    "two-dots": "www..allowed.example",
    "long-label": "a" * 64 + ".allowed.example",
    "long-name": "a." * 130 + "allowed.example",
    "port-twice": "www.allowed.example:80",
    "port-zero": "www.allowed.example",
}
PORT = {"port-zero": ":0", "port-twice": ":80:7007"}


def codes(function):
    try:
        return function()
    except Held as e:
        if str(e)[:3] in ("400", "403", "421") or "closed" in str(e):
            raise
        raise RuntimeError("refused otherwise: %s" % e)


for _name, _form in FORMS.items():
    refused("connect-" + _name, within=4)(lambda form=_form, port=PORT.get(_name, ":7007"): codes(lambda: "tunnel %d" % through_connect(form + port).fileno()))

for _name in ("user", "suffix-behind", "suffix-glued", "decimal-address", "hex-address", "percent-nul", "dot-at-the-end", "localhost"):
    def _absolute(form=FORMS[_name]):
        head = b"GET http://" + form.encode("latin-1") + b":7007/ HTTP/1.1\r\nHost: www.allowed.example\r\nConnection: close\r\n\r\n"
        got = answer_to(opened_tcp(*HTTP_PROXY), head)
        return "echoed" if got.startswith(b"GET ") else codes(lambda: served(got))
    refused("absolute-" + _name, within=4)(_absolute)

for _name in ("suffix-behind", "suffix-glued", "suffix-bare"):
    refused("resolve-" + _name)(lambda form=FORMS[_name]: "%s" % socket.getaddrinfo(form, 443))

works("allowed")(lambda: echoed(through_connect("tcp.allowed.example:7007")))


run()
