#: number: 14
#: network: outside
#: title: Requests that two servers read in two ways
#: technique: CL.TE, TE.CL, duplicate and odd lengths, folded and spaced header lines, bare line feeds, NUL, h2c upgrade, TRACE, CONNECT inside.
#: reference: REQUIREMENTS N2; RFC 9112 section 6.3 and 11.2, RFC 9110 section 9.3.8
#: expected: 400 or 405, or closed; never two requests upstream
#: control: a lax server outside answers 200 to each
#: egress: {allow: ["lax.allowed.example:80"]}

HOST = b"Host: lax.allowed.example\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
HIDDEN_ONE = b"GET /hidden HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ODD = {
    "cl-te": POST + b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + HIDDEN_ONE,
    "te-cl": POST + CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN_ONE,
    "two-lengths": POST + b"Content-Length: 0\r\nContent-Length: 30\r\n\r\n" + HIDDEN_ONE,
    "length-list": POST + b"Content-Length: 0, 30\r\n\r\n" + HIDDEN_ONE,
    "length-hex": POST + b"Content-Length: 0x0\r\n\r\n",
    "length-negative": POST + b"Content-Length: -1\r\n\r\n",
    "te-other": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "te-twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "te-not-last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "te-http-1-0": b"POST / HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n0\r\n\r\n",
    "folded": b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: a\r\n b\r\n\r\n",
    "space-before-colon": b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length : 0\r\n\r\n",
    "space-first": b"GET / HTTP/1.1\r\n Host: lax.allowed.example\r\n\r\n",
    "nul": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n",
    "bare-cr": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rHost: www.denied.example\r\n\r\n",
    "no-host": b"GET / HTTP/1.1\r\n\r\n",
    "bad-chunk": POST + CHUNKED + b"\r\nZZ\r\nxx\r\n0\r\n\r\n",
    "trace": b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    "connect": b"CONNECT www.denied.example:443 HTTP/1.1\r\nHost: www.denied.example:443\r\n\r\n",
    "version": b"GET / HTTP/1.7\r\n" + HOST + b"\r\n",
    "method": b"GE\tT / HTTP/1.1\r\n" + HOST + b"\r\n",
}


for _name, _data in ODD.items():
    def _send(data=_data):
        got = answer_to(opened_tcp("lax.allowed.example", 80), data)
        if got.count(b"HTTP/1.1 200") > 1:
            return "two answers"
        return served(got)
    refused(_name, within=4)(_send)


@refused("h2c-upgrade", within=4)
def _():
    # The server outside answers 200 to anything: what must not happen is that it is asked for the upgrade.
    data = b"GET /upgrade HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n"
    return served(answer_to(opened_tcp("lax.allowed.example", 80), data))


@refused("h2c-prior-knowledge", within=4)
def _():
    data = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"
    return served(answer_to(opened_tcp("lax.allowed.example", 80), data))

works("allowed")(lambda: served(answer_to(opened_tcp("lax.allowed.example", 80), POST + b"Content-Length: 0\r\n\r\n")))


run()
