#: number: 8
#: network: outside
#: title: Data in the labels below an allowed wildcard
#: technique: Ask for, and connect to, hundreds of random names below a suffix that a rule allows.
#: reference: REQUIREMENTS N2
#: expected: a few pass, then NXDOMAIN and 403; an alarm
#: control: without a sandbox every name is answered, and the open proxy connects to each
#: egress: {names-per-wildcard: 16, allow: ["*.wild.allowed.example", "*.wild.allowed.example:80"]}
#: records: wildcard-flood

TIMEOUT = 30
MANY, BUDGET = 120, 16


@refused("names", within=20)
def _():
    got = 0
    for _i in range(MANY):
        try:
            socket.getaddrinfo(os.urandom(20).hex() + ".wild.allowed.example", 443)
            got += 1
        except socket.gaierror:
            pass
    if got <= BUDGET:
        raise Held("%d of %d names" % (got, MANY))
    return "%d of %d names" % (got, MANY)


@refused("tunnels", within=20)
def _():
    got = 0
    for _i in range(MANY):
        try:
            through_connect(os.urandom(20).hex() + ".wild.allowed.example:443").close()
            got += 1
        except (Held, OSError):
            pass
    if got <= BUDGET:
        raise Held("%d of %d tunnels" % (got, MANY))
    return "%d of %d tunnels" % (got, MANY)


run()
