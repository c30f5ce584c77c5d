#: number: 32
#: title: Reading, steering and borrowing from another user's process
#: technique: ptrace, process_vm_*, pidfd_getfd and /proc towards the guest (PID 1) and the runner that started this command.
#: reference: ptrace(2), process_vm_readv(2), pidfd_getfd(2), proc(5), prctl(2) PR_SET_DUMPABLE
#: expected: EPERM, EACCES, ESRCH or ENOENT
#: control: root on the host does each to a sleeping process of another uid

REFUSED = DENIED + ("ENOENT", "ESRCH")


def runner():
    return victim() if CONTROL else MAIN_PARENT


def traces(who, request):
    return lambda: "ptrace: %d" % call(101, request, who(), None, None)


def address_in(pid):
    with open("/proc/%d/maps" % pid) as maps:
        for line in maps:
            fields = line.split()
            if fields[-1] == "[stack]":
                return int(fields[0].split("-")[0], 16)
    raise RuntimeError("no stack in %d" % pid)


def transfers(who, number):
    def transfer():
        pid = who()
        # The layout is not known where maps is closed; the kernel judges the permission before the address.
        address = address_in(pid) if CONTROL else 0x400000
        here = ctypes.create_string_buffer(8)
        local = struct.pack("QQ", ctypes.addressof(here), 8)
        remote = struct.pack("QQ", address, 8)
        try:
            return "moved %d bytes" % call(number, pid, local, 1, remote, 1, 0)
        except OSError as e:
            if e.errno == errno.EFAULT and not CONTROL:
                return "permitted; only the address was wrong"
            raise
    return transfer


def takes_descriptor(who):
    def take():
        fd = call(434, who(), 0)
        return "got descriptor %d" % call(438, fd, 0, 0)
    return take


def proc_file(who, name, flags=os.O_RDONLY):
    def access():
        path = "/proc/%d/%s" % (who(), name)
        if name in ("root", "cwd", "exe", "fd/0"):
            return "link to " + os.readlink(path)
        fd = os.open(path, flags)
        if name in ("fd", "map_files"):
            # Numbers alone are no secret: where one leads is.
            return "link to " + os.readlink(os.path.join(path, os.listdir(path)[0]))
        if flags == os.O_RDWR:
            return "opened " + path
        data = os.read(fd, 16)
        if not data:
            raise Held("empty")
        return "read " + path
    return access


for _who, _pid in (("guest", victim), ("runner", runner)):
    attempt("ptrace-attach-" + _who, held=REFUSED)(traces(_pid, 16))
    attempt("ptrace-seize-" + _who, held=REFUSED)(traces(_pid, 0x4206))
    attempt("process_vm_readv-" + _who, held=REFUSED)(transfers(_pid, 310))
    attempt("process_vm_writev-" + _who, held=REFUSED)(transfers(_pid, 311))
    attempt("pidfd_getfd-" + _who, held=REFUSED)(takes_descriptor(_pid))
    attempt("mem-" + _who, held=REFUSED)(proc_file(_pid, "mem", os.O_RDWR))
    for _name in ("maps", "environ", "auxv", "fd", "fd/0", "root", "cwd", "exe", "map_files", "pagemap"):
        attempt("%s-%s" % (_name.replace("/", "-"), _who), held=REFUSED)(proc_file(_pid, _name))


@attempt("kcmp-guest", held=REFUSED)
def _():
    return "kcmp: %d" % call(312, os.getpid(), victim(), 2, 0, 0)


@attempt("process_madvise-guest", held=REFUSED)
def _():
    fd = call(434, victim(), 0)
    return reaches(440, fd, struct.pack("QQ", 0, 0), 1, 20, 0)


run()
