#: number: 21
#: network: outside
#: title: The sandbox beside this one
#: technique: Look for a neighbour's listener at every address it could have, use an address that its gateway gave to its name, speak with a source not one's own.
#: reference: REQUIREMENTS N1
#: expected: nothing of the neighbour answers; its synthetic addresses mean nothing here
#: control: on the near side, where all share one network, the listener answers
#: egress: {allow: [www.allowed.example]}
#: neighbour: yes
#: records: raw-address

PORT = 7007


for _address in ("127.0.0.1", "127.0.0.2", "0.0.0.0", GATEWAY, "198.18.0.2", "198.18.1.0", "198.18.1.1", "198.18.1.2", "198.18.1.255"):
    refused("listener-" + _address)(lambda address=_address: echoed(opened_tcp(address, PORT)))

refused("listener-six")(lambda: echoed(opened_tcp("::1", PORT)))
refused("its-name")(lambda: echoed(opened_tcp("tcp.allowed.example", PORT)))
refused("its-name-through-the-proxy")(lambda: echoed(through_connect("tcp.allowed.example:%d" % PORT)))


@refused("its-user-at-the-proxy")
def _():
    # There are no tokens: whose connection it is, the wire says. A made-up one changes nothing.
    client = opened_tcp(*HTTP_PROXY)
    client.sendall(b"CONNECT tcp.allowed.example:7007 HTTP/1.1\r\nHost: tcp.allowed.example:7007\r\nProxy-Authorization: Basic bmVpZ2hib3VyOng=\r\n\r\n")
    got = client.recv(4096)
    if b" 200 " in got:
        return echoed(client)
    raise Held("%r" % got[:60])


@refused("spoofed-source")
def _():
    with socket.socket() as client:
        client.settimeout(5)
        client.setsockopt(0, 15, 1)  # IP_FREEBIND
        client.bind(("127.0.0.9" if CONTROL else "198.18.0.2", 0))
        client.connect(("127.0.0.1", PORT) if CONTROL else (CANARY, PORT))
        return echoed(client)


run()
