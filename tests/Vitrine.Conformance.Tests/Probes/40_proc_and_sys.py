#: number: 40
#: title: Dangerous files of /proc and /sys
#: technique: Open for writing, without writing, what changes the host; read what tells about it.
#: reference: proc(5), sysfs(5), OCI runtime-spec default masked and read-only paths; CVE-2022-0492, CVE-2025-31133 and CVE-2025-52881 (masks)
#: expected: EROFS, EACCES, EPERM, ENOENT, or an empty mask
#: control: root on the host opens and reads each that its kernel has

WRITE = (
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/kernel/randomize_va_space",
    "/proc/sys/kernel/dmesg_restrict", "/proc/sys/kernel/panic", "/proc/sys/vm/overcommit_memory", "/proc/sys/vm/drop_caches",
    "/proc/sys/fs/suid_dumpable", "/proc/sys/fs/protected_symlinks",
    "/proc/sys/net/ipv4/ip_unprivileged_port_start", "/proc/sys/net/ipv4/ping_group_range",
    "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state",
    "/sys/module/kernel/parameters/panic",
)
READ = (
    "/proc/keys", "/proc/key-users", "/proc/kmsg", "/proc/timer_list", "/proc/interrupts", "/proc/kpagecount", "/proc/slabinfo",
    "/proc/vmallocinfo", "/proc/iomem", "/proc/ioports", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/config.gz",
    "/sys/firmware", "/sys/kernel/debug", "/sys/kernel/tracing", "/sys/kernel/security", "/sys/fs/bpf",
    "/sys/block", "/sys/class/block", "/sys/bus/pci/devices",
)
if CONTROL:
    for _kind, _path in (("debugfs", "/sys/kernel/debug"), ("tracefs", "/sys/kernel/tracing"), ("bpf", "/sys/fs/bpf"), ("securityfs", "/sys/kernel/security")):
        if os.path.isdir(_path):
            subprocess.run(["/usr/bin/mount", "-t", _kind, "none", _path], stderr=subprocess.DEVNULL)
    if os.path.isdir("/sys/fs/bpf") and not os.listdir("/sys/fs/bpf"):
        os.mkdir("/sys/fs/bpf/probe")


def writes(path):
    return lambda: opened(path, os.O_WRONLY)


def reads(path):
    def read():
        if path == "/proc/kmsg":
            # Opening it is the permission; reading would wait.
            return opened(path, os.O_RDONLY | os.O_NONBLOCK)
        return content(path)
    return read


for _path in WRITE:
    attempt("write" + _path.replace("/", "."), held=HIDDEN)(writes(_path))
for _path in READ:
    attempt("read" + _path.replace("/", "."), held=HIDDEN)(reads(_path))


@attempt("binfmt_misc-register", held=HIDDEN)
def _():
    if CONTROL:
        subprocess.check_call(["/usr/bin/mount", "-t", "binfmt_misc", "none", "/proc/sys/fs/binfmt_misc"])
    return opened("/proc/sys/fs/binfmt_misc/register", os.O_WRONLY)


@attempt("write-what-not-every-kernel-has", held=HIDDEN)
def _():
    return sweep(
        ("/proc/sysrq-trigger", "/proc/sys/kernel/sysrq", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hotplug", "/sys/kernel/uevent_helper",
         "/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/unprivileged_bpf_disabled", "/proc/sys/kernel/io_uring_disabled"),
        lambda path: opened(path, os.O_WRONLY))


@attempt("read-what-not-every-kernel-has", held=HIDDEN)
def _():
    return sweep(
        ("/proc/kcore", "/proc/kpageflags", "/proc/kpagecgroup", "/proc/acpi", "/proc/scsi", "/proc/asound", "/proc/sched_debug", "/proc/latency_stats",
         "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/class/dmi/id", "/sys/class/powercap", "/sys/kernel/notes", "/sys/kernel/vmcoreinfo"),
        content)


@attempt("kernel-addresses", held=HIDDEN)
def _():
    with open("/proc/kallsyms") as table:
        line = table.readline()
    if not line or int(line.split()[0], 16) == 0:
        raise Held("zeroes")
    return "kernel text at " + line.split()[0]


@attempt("any-writable-sysctl", held=HIDDEN)
def _():
    writable = []
    for top, _, files in os.walk("/proc/sys"):
        for name in files:
            try:
                os.close(os.open(os.path.join(top, name), os.O_WRONLY))
                writable.append(os.path.join(top, name))
            except OSError:
                continue
    if not writable:
        raise Held("none")
    return "%d, among them %s" % (len(writable), writable[:3])


@attempt("any-writable-sys-file", held=HIDDEN)
def _():
    writable = []
    for top, directories, files in os.walk("/sys"):
        if CONTROL and top == "/sys":
            directories[:] = ["kernel"]
        for name in files:
            try:
                os.close(os.open(os.path.join(top, name), os.O_WRONLY | os.O_NONBLOCK))
                writable.append(os.path.join(top, name))
            except OSError:
                continue
    if not writable:
        raise Held("none")
    return "%d, among them %s" % (len(writable), writable[:3])


@attempt("oom-score-of-guest", held=HIDDEN)
def _():
    return opened("/proc/%d/oom_score_adj" % victim(), os.O_WRONLY)


run()
