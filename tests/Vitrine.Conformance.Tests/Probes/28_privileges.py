#: number: 28
#: title: No privilege to begin with, none to be had
#: technique: Read the kernel's own account of this process, then ask for another identity, for capabilities, and through a set-uid program.
#: reference: capabilities(7), prctl(2) PR_SET_NO_NEW_PRIVS, seccomp(2), proc_pid_status(5)
#: expected: capability sets 0, NoNewPrivs 1, Seccomp 2; every change EPERM; a set-uid program runs as its caller
#: control: root on the host has capabilities, no filter, and passwords are asked for by a set-uid program with effective uid 0


def status(field):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return line.split()[1]
    raise RuntimeError("no such field: " + field)


def capability_set(field):
    def read():
        if int(status(field), 16) == 0:
            raise Held("0")
        return status(field)
    return read


for _field in ("CapPrm", "CapEff", "CapBnd"):
    attempt("set-" + _field)(capability_set(_field))


@attempt("no-new-privs-off")
def _():
    if status("NoNewPrivs") == "1":
        raise Held("1")
    return status("NoNewPrivs")


@attempt("seccomp-off")
def _():
    if status("Seccomp") == "2":
        raise Held("2")
    return status("Seccomp")


@attempt("setresuid-guest")
def _():
    return "uid changed: %d" % call(117, 60000, 60000, 60000)


@attempt("setresgid-guest")
def _():
    return "gid changed: %d" % call(119, 60000, 60000, 60000)


@attempt("setgroups")
def _():
    group = (ctypes.c_uint * 1)(4242)
    return "groups changed: %d" % call(116, 1, group)


@attempt("capset-sys-admin")
def _():
    header = struct.pack("Ii", 0x20080522, 0)
    wanted = 1 << 21
    return "capset: %d" % call(126, header, struct.pack("IIIIII", wanted, wanted, 0, 0, 0, 0))


@attempt("ambient-raise")
def _():
    # The control needs the capability inheritable first (prctl(2), PR_CAP_AMBIENT_RAISE).
    header = struct.pack("Ii", 0x20080522, 0)
    wanted = 1 << 10
    if CONTROL:
        call(126, header, struct.pack("IIIIII", wanted, wanted, wanted, 0, 0, 0))
    return "prctl: %d" % call(157, 47, 2, 10, 0, 0)


@attempt("set-uid-program")
def _():
    program = "/usr/bin/su"
    if not os.stat(program).st_mode & stat.S_ISUID:
        raise RuntimeError(program + " is not set-uid in this image; name another")
    before = os.geteuid()
    if CONTROL:
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        before = 65534
    child = subprocess.Popen([program, "-c", "true", "root"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # It waits for a password: the first byte it prints says that it runs.
    select.select([child.stdout], [], [], 5)
    try:
        with open("/proc/%d/status" % child.pid) as file:
            uids = [line.split()[1:] for line in file if line.startswith("Uid:")][0]
    finally:
        child.stdin.close()
    if int(uids[1]) == before:
        raise Held("euid stays")
    return "effective uid " + uids[1]


run()
