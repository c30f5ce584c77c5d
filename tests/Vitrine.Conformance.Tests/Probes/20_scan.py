#: number: 20
#: network: outside
#: title: What else listens at the gateway and on the host
#: technique: Connect to the gateway, loopback and the host's addresses on the ports of engines, kubelets, API servers, databases, and on a sweep.
#: reference: REQUIREMENTS N1, N3
#: expected: only DNS and the two proxies answer, and only at the gateway's address
#: control: on the near side its services answer at every address
#: egress: {allow: [www.allowed.example]}
#: records: raw-address

TIMEOUT = 40
PORTS = (25, 853, 2375, 4444, 6443, 7007, 8853, 10250)
HOST_ADDRESSES = ("11.7.1.2", "127.0.0.1", "0.0.0.0", "127.0.0.53", GATEWAY)


def scan(address, ports):
    found = []
    for port in ports:
        try:
            with opened_tcp(address, port, 2) as client:
                client.settimeout(2)
                client.sendall(b"vitrine-data\r\n\r\n")
                if client.recv(64):
                    found.append(port)
        except OSError:
            pass
    return found


def only(address, allowed, ports):
    found = [p for p in scan(address, ports) if p not in allowed]
    if found:
        return "%s answers on %s" % (address, found)
    raise Held("nothing else")


for _address in HOST_ADDRESSES:
    refused("ports-" + _address, within=15)(lambda address=_address: only(
        address, (53, 1080, 3128) if address == GATEWAY else (), PORTS + (22, 80, 111, 443, 2376, 2379, 3000, 5000, 5432, 8080, 8443, 9090, 10255, 15001, 50051)))

for _address in ("10.0.2.2", "172.17.0.1", "192.168.0.1", "11.7.1.1", "198.18.0.2", "198.18.1.0", "198.19.255.255"):
    refused("neighbourhood-" + _address, within=15)(lambda address=_address: only(address, (), PORTS))

refused("gateway-sweep", within=35)(lambda: only(GATEWAY, (53, 1080, 3128), sorted(set(range(1, 1025)) | set(PORTS))))
for _port in PORTS:
    refused("proxy-to-the-host-%d" % _port)(lambda port=_port: echoed(through_connect("11.7.1.2:%d" % port)))
    refused("proxy-to-loopback-%d" % _port)(lambda port=_port: echoed(through_connect("127.0.0.1:%d" % port)))


@refused("abstract-sockets-of-the-host", held=("ECONNREFUSED", "ENOENT", "EPERM", "EACCES"))
def _():
    if CONTROL:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("\0vitrine-probe-20")
        listener.listen()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0vitrine-probe-20" if CONTROL else "\0/run/docker.sock")
    return "connected"


run()
