#: number: 16
#: network: outside
#: title: An allowed name that leads home
#: technique: Names that a rule allows and whose addresses are loopback, private, link-local, carrier-grade NAT, the host's own, the gateway's, or such in IPv6.
#: reference: REQUIREMENTS N3; RFC 6890
#: expected: reset, or 403 and 502 from the proxies; nothing of the host is dialled
#: control: without a sandbox all of these addresses echo
#: egress: {allow: [{host: "*.allowed.example", ports: [7007], protocol: tcp}]}
#: records: forbidden-address

NAMES = ("loopback", "loopback-two", "unspecified", "ten", "one-seven-two", "one-nine-two", "link-local", "shared", "own", "benchmark",
         "six-loopback", "six-mapped", "six-unique", "six-own", "six-nat64", "alias", "mixed")

for _name in NAMES:
    refused("plain-" + _name)(lambda name=_name: echoed(opened_tcp("to-%s.allowed.example" % name, 7007)))
    refused("connect-" + _name)(lambda name=_name: echoed(through_connect("to-%s.allowed.example:7007" % name)))

works("allowed")(lambda: echoed(opened_tcp("tcp.allowed.example", 7007)))


run()
