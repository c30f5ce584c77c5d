#: number: 30
#: title: New and other namespaces
#: technique: unshare, clone and clone3 with each CLONE_NEW* flag; setns to the own ones and to the guest's.
#: reference: namespaces(7), unshare(2), clone(2), setns(2); CVE-2022-0185, CVE-2023-0386 began with an own user namespace
#: expected: EPERM; ENOSYS for clone3; the guest's are not readable
#: control: root on the host makes each and enters the stand-in's

FLAGS = {
    "time": 0x80, "mnt": 0x20000, "cgroup": 0x02000000, "uts": 0x04000000,
    "ipc": 0x08000000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
}


def unshares(flag):
    return lambda: "unshare: %d" % call(272, flag)


def clones(flag):
    def clone():
        pid = call(56, flag | signal.SIGCHLD, None, None, None, None)
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        return "clone made a process"
    return clone


def clones3(flag):
    def clone3():
        arguments = struct.pack("11Q", flag, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0)
        pid = call(435, arguments, len(arguments))
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        return "clone3 made a process"
    return clone3


for _name, _flag in FLAGS.items():
    attempt("unshare-" + _name)(unshares(_flag))
    if _name != "time":  # clone(2) spends that bit on the exit signal; only clone3 and unshare take it.
        attempt("clone-" + _name)(clones(_flag))
    attempt("clone3-" + _name)(clones3(_flag))


@attempt("unshare-user-as-thread-of-many")
def _():
    return "unshare: %d" % call(272, FLAGS["user"] | FLAGS["mnt"] | FLAGS["net"])


def joins(pid, name):
    def setns():
        who = pid()
        fd = os.open("/proc/%s/ns/%s" % (who, name), os.O_RDONLY)
        return "setns: %d" % call(308, fd, 0)
    return setns


for _name in ("net", "uts", "ipc", "pid", "cgroup", "mnt"):
    attempt("setns-own-" + _name)(joins(lambda: "self", _name))
    attempt("setns-guest-" + _name, held=DENIED + ("ENOENT",))(joins(victim, _name))


@attempt("setns-pidfd-guest")
def _():
    fd = call(434, victim(), 0)
    return "setns: %d" % call(308, fd, FLAGS["net"] | FLAGS["uts"])


run()
