#: number: 17
#: network: outside
#: title: A name whose address changes after the check
#: technique: Answers of lifetime 0 that are an allowed server's at first and a private address afterwards; on new connections and on a kept-alive one.
#: reference: REQUIREMENTS N3
#: expected: served at the server's own address, or refused; the other is never dialled
#: control: without a sandbox the second look-up leads to the private address
#: egress: {allow: [{host: "*.rebind.allowed.example", ports: [80], protocol: http}, {host: "*.rebind.allowed.example", ports: [8080], protocol: tcp}]}
#: records: forbidden-address

TIMEOUT = 20


def place(got):
    if b"X-Served-At: 11.7.0.10\r\n" in got:
        return None
    if b"X-Served-At: " in got:
        return "served at " + got.split(b"X-Served-At: ")[1].split(b"\r\n")[0].decode()
    return None


def head(name, more=b"close"):
    return b"GET / HTTP/1.1\r\nHost: " + name.encode() + b"\r\nConnection: " + more + b"\r\n\r\n"


def again_and_again(name, times, port=80):
    seen = 0
    for _i in range(times):
        try:
            got = answer_to(opened_tcp(name, port), head(name))
        except (Held, OSError):
            continue
        seen += 1
        other = place(got)
        if other:
            return other
    if not seen:
        raise RuntimeError("not one answer of the server itself")
    raise Held("%d of %d answers, all of the server itself" % (seen, times))


for _name in ("second", "odd", "late"):
    # Port 80 is inspected; on 8080 bytes pass as they come, and each connection is resolved for itself.
    refused("inspected-" + _name, within=15)(lambda name=_name: again_and_again(name + ".rebind.allowed.example", 20))
    refused("passed-through-" + _name, within=15)(lambda name=_name: again_and_again(name + "-raw.rebind.allowed.example", 20, 8080))


@refused("kept-alive", within=15)
def _():
    name = "kept.rebind.allowed.example"
    for _i in range(10):
        if CONTROL:
            return again_and_again(name, 3)
        with opened_tcp(name, 80) as client:
            for _j in range(3):
                try:
                    client.settimeout(5)
                    client.sendall(head(name, b"keep-alive"))
                    other = place(all_of(client))
                except OSError:
                    break
                if other:
                    return other
    raise Held("all of the server itself")


run()
