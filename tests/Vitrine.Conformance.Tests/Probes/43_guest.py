#: number: 43
#: title: The guest itself
#: technique: Overwrite, replace and preload its binary; signal, starve and slow down the guest and this command's runner.
#: reference: CVE-2019-5736 (overwriting the runtime by /proc/self/exe), ld.so(8), kill(2), prlimit(2), sched_setscheduler(2), setpriority(2)
#: expected: EPERM, EACCES, EROFS, ETXTBSY, ESRCH or ENOENT
#: control: root on the host does each to a stand-in

GUEST = "/.vitrine/guest"
REFUSED = DENIED + ("EROFS", "ETXTBSY", "ESRCH", "ENOENT", "EBUSY", "EXDEV")
if CONTROL:
    subprocess.check_call(["/usr/bin/mount", "-t", "tmpfs", "none", "/mnt"])
    for _directory in ("/mnt/upper", "/mnt/work", "/mnt/root"):
        os.mkdir(_directory)
    GUEST = "/mnt/root/guest"
    open(GUEST, "w").write("stand-in")
PRELOAD = "/mnt/root/ld.so.preload" if CONTROL else "/etc/ld.so.preload"


def runner():
    return victim() if CONTROL else MAIN_PARENT


@attempt("overwrite", held=REFUSED)
def _():
    return opened(GUEST, os.O_WRONLY)


@attempt("overwrite-by-exe", held=REFUSED)
def _():
    # The stand-in's own binary is the host's sleep: a copy is run instead, and opened without truncating.
    if not CONTROL:
        return opened("/proc/1/exe", os.O_RDWR)
    child = subprocess.Popen(["/usr/bin/cp", "/usr/bin/sleep", "/mnt/root/sleep"])
    child.wait()
    child = subprocess.Popen(["/mnt/root/sleep", "30"])
    link = os.open("/proc/%d/exe" % child.pid, os.O_PATH)
    child.kill()
    child.wait()
    return opened("/proc/self/fd/%d" % link, os.O_RDWR)


@attempt("rename-away", held=REFUSED)
def _():
    os.rename(GUEST, GUEST + ".old")
    return "renamed"


@attempt("unlink", held=REFUSED)
def _():
    if CONTROL:
        open(GUEST, "w").write("stand-in")
    os.unlink(GUEST)
    return "unlinked"


@attempt("chmod", held=REFUSED)
def _():
    if CONTROL:
        open(GUEST, "w").write("stand-in")
    os.chmod(GUEST, 0o777)
    return "changed"


@attempt("preload-file", held=REFUSED)
def _():
    fd = os.open(PRELOAD, os.O_WRONLY | os.O_CREAT)
    return "opened %d" % fd


@attempt("replace-directory", held=REFUSED)
def _():
    os.rename(os.path.dirname(GUEST), "/mnt/elsewhere" if CONTROL else "/.elsewhere")
    return "renamed"


def signals(who, number):
    def send():
        os.kill(who(), number)
        return "signalled"
    return send


def limits(who):
    # A stand-in of the control's own uid: what went wrong where guest and workload shared one.
    return lambda: "prlimit: %d" % call(302, victim(0) if CONTROL else who(), 7, struct.pack("QQ", 3, 3), None)


def schedules(who):
    def schedule():
        os.sched_setscheduler(who(), os.SCHED_IDLE, os.sched_param(0))
        return "scheduled"
    return schedule


def pins(who):
    def pin():
        os.sched_setaffinity(who(), {min(os.sched_getaffinity(0))})
        return "pinned"
    return pin


def renices(who):
    def renice():
        os.setpriority(os.PRIO_PROCESS, who(), 19)
        return "reniced"
    return renice


for _who, _pid in (("guest", victim), ("runner", runner)):
    for _signal in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGCHLD, signal.SIGCONT):
        attempt("%s-%s" % (_signal.name.lower(), _who), held=REFUSED)(signals(_pid, _signal))
    attempt("prlimit-" + _who, held=REFUSED)(limits(_pid))
    attempt("sched-idle-" + _who, held=REFUSED)(schedules(_pid))
    attempt("affinity-" + _who, held=REFUSED)(pins(_pid))
    attempt("priority-" + _who, held=REFUSED)(renices(_pid))


@attempt("pidfd_send_signal-guest", held=REFUSED)
def _():
    fd = call(434, victim(), 0)
    return "sent %d" % call(424, fd, 9, None, 0)


@attempt("ioprio-guest", held=REFUSED)
def _():
    return "set %d" % call(251, 1, victim(), 3 << 13)


@attempt("setpgid-guest", held=REFUSED + ("EINVAL",))
def _():
    if CONTROL:
        child = os.fork()
        if child == 0:
            time.sleep(5)
            os._exit(0)
        os.setpgid(child, child)
        os.kill(child, 9)
        return "moved"
    os.setpgid(1, 1)
    return "moved"


run()
