#: number: 41
#: title: Control groups
#: technique: Mount a hierarchy; open for writing any file of the mounted ones; look for the host's groups.
#: reference: cgroups(7), cgroup_namespaces(7); CVE-2022-0492 (release_agent)
#: expected: EROFS, EPERM, EACCES or ENOENT; only the own group is seen, as the root
#: control: root on the host mounts, writes and sees


def mounts(kind, options):
    def mount():
        place = ctypes.c_char_p(scratch().encode())
        return "mount: %d" % call(165, ctypes.c_char_p(b"none"), place, ctypes.c_char_p(kind), 0, ctypes.c_char_p(options))
    return mount


def own_group():
    root = "/sys/fs/cgroup/unified" if os.path.isdir("/sys/fs/cgroup/unified") else "/sys/fs/cgroup"
    return "%s/vitrine-probe-%d" % (root, os.getpid())


attempt("mount-v1-memory")(mounts(b"cgroup", b"memory"))
attempt("mount-v2")(mounts(b"cgroup2", b""))


def group_files(*names):
    for top, directories, files in os.walk("/sys/fs/cgroup"):
        if CONTROL and top.count("/") > 3:
            # The control looks at the hierarchies' roots and at its own group, never at other people's.
            directories[:] = [d for d in directories if d.startswith("vitrine-probe-")]
        for name in files:
            if name in names or not names:
                yield os.path.join(top, name)


def writes(*names):
    def write():
        seen = 0
        for path in group_files(*names):
            seen += 1
            try:
                return opened(path, os.O_WRONLY)
            except OSError as e:
                if errno.errorcode[e.errno] not in HIDDEN:
                    raise
        raise Held("none of %d" % seen)
    return write


attempt("release_agent", held=HIDDEN)(writes("release_agent"))
attempt("notify_on_release", held=HIDDEN)(writes("notify_on_release"))
attempt("own-limits", held=HIDDEN)(writes(
    "memory.limit_in_bytes", "memory.max", "memory.high", "pids.max", "cpu.cfs_quota_us", "cpu.max", "cpu.shares", "memory.oom_control", "devices.allow"))
attempt("cgroup.procs", held=HIDDEN)(writes("cgroup.procs", "tasks", "cgroup.threads"))


@attempt("freezer-and-kill", held=HIDDEN)
def _():
    own = None
    if CONTROL:
        # Only a group that is not the root has these files.
        own = own_group()
        os.mkdir(own)
    try:
        return writes("freezer.state", "cgroup.freeze", "cgroup.kill")()
    finally:
        if own:
            os.rmdir(own)


attempt("any-writable-file", held=HIDDEN)(writes())


@attempt("make-a-group", held=HIDDEN)
def _():
    last = OSError(errno.ENOENT, "no hierarchy")
    roots = [line.split()[4] for line in open("/proc/self/mountinfo") if " - cgroup" in line]
    for root in roots:
        path = os.path.join(root, "vitrine-probe-%d" % os.getpid())
        try:
            os.mkdir(path)
            os.rmdir(path)
            return "made " + path
        except OSError as e:
            last = e
    raise last


@attempt("own-place-in-the-host")
def _():
    # Inside a cgroup namespace the own group is the root: "/". On the host a group of the control's own shows by its name.
    if CONTROL:
        path = own_group()
        home = os.path.dirname(path) + "/cgroup.procs"
        os.mkdir(path)
        open(path + "/cgroup.procs", "w").write(str(os.getpid()))
    try:
        paths = {line.rstrip("\n").split(":", 2)[2] for line in open("/proc/self/cgroup")}
    finally:
        if CONTROL:
            open(home, "w").write(str(os.getpid()))
            os.rmdir(path)
    if paths <= {"/"}:
        raise Held("/")
    return ", ".join(sorted(paths))


run()
