#: number: 2
#: network: outside
#: title: Straight to an address
#: technique: Connect to the addresses of the allowed and of the denied host, to private and public ones, on the usual ports and on a sweep of all.
#: reference: REQUIREMENTS N1
#: expected: reset before a byte comes back
#: control: without a sandbox the same addresses echo
#: egress: {allow: [www.allowed.example, {host: tcp.allowed.example, ports: [7007], protocol: tcp}]}
#: records: raw-address

TIMEOUT = 60
PORTS = (25, 853, 2375, 4444, 6443, 7007, 8853, 10250)

for _address in (SERVER, CANARY, "8.8.8.8", "10.0.0.1", "172.17.0.1", "192.168.1.1", "198.51.100.7", "100.64.0.1", "169.254.169.254"):
    refused("echo-" + _address)(lambda address=_address: echoed(opened_tcp(address, 7007)))


@refused("web-of-the-allowed-host")
def _():
    return served(answer_to(opened_tcp(SERVER, 80), b"GET / HTTP/1.1\r\nHost: www.allowed.example\r\nConnection: close\r\n\r\n"))


@refused("tls-of-the-allowed-host")
def _():
    with trusting().wrap_socket(opened_tcp(SERVER, 443), server_hostname=ALLOWED) as client:
        return served(answer_to(client, b"GET / HTTP/1.1\r\nHost: www.allowed.example\r\nConnection: close\r\n\r\n"))


@refused("fast-open")
def _():
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 5, 0))
        client.sendto(b"vitrine-data", socket.MSG_FASTOPEN, (CANARY, 7007))
        if not client.recv(64):
            raise Held("closed without a byte")
        return "echoed"


@refused("allowed-name-and-denied-address-turn-by-turn")
def _():
    # What is allowed must not open the way for what comes beside it.
    for i in range(10):
        with opened_tcp("tcp.allowed.example", 7007) as client:
            echoed(client, b"permitted")
        try:
            return echoed(opened_tcp(CANARY, 7007))
        except OSError:
            pass
    raise Held("ten times")


@refused("sweep", within=50)
def _():
    found, ports = [], sorted(set(range(1, 1025)) | set(range(1025, 65536, 197)) | set(PORTS))
    poll = select.poll()
    waiting = {}

    def take(seconds):
        for fd, events in poll.poll(seconds * 1000):
            port, client, sent = waiting[fd]
            try:
                if not sent and events & select.POLLOUT:
                    client.send(b"vitrine-data")
                    waiting[fd] = (port, client, True)
                    poll.modify(fd, select.POLLIN)
                    continue
                if client.recv(64):
                    found.append(port)
            except OSError:
                pass
            poll.unregister(fd)
            del waiting[fd]
            client.close()

    for port in ports:
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((CANARY, port))
        waiting[client.fileno()] = (port, client, False)
        poll.register(client, select.POLLOUT)
        while len(waiting) > 60:
            take(5)
    deadline = time.monotonic() + 5
    while waiting and time.monotonic() < deadline:
        take(1)
    if not found:
        raise Held("%d ports" % len(ports))
    return "ports %s" % found

works("allowed")(lambda: echoed(opened_tcp("tcp.allowed.example", 7007)))


run()
