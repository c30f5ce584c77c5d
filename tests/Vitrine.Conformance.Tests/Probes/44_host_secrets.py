#: number: 44
#: title: What belongs to the host
#: technique: Look for the canary's file, variable, process and user; for homes, credentials, ids of the hardware, kernel command line, host paths.
#: reference: REQUIREMENTS B1; proc(5), sysfs(5), machine-id(5)
#: expected: ENOENT, EACCES, an empty mask, or a value of the sandbox's own
#: control: on the host each is there

CANARY = os.environ["PROBE_CANARY_FILE"]
TOKEN = os.environ["PROBE_CANARY_TOKEN"]
PROCESS = os.environ["PROBE_CANARY_PROCESS"]
HOST_NAME = os.environ["PROBE_HOST_NAME"]


@attempt("canary-file", held=HIDDEN)
def _():
    return "read " + open(CANARY).read()[:8]


@attempt("canary-anywhere")
def _():
    name = os.path.basename(CANARY)
    tops = [os.path.dirname(CANARY)] if CONTROL else ["/"]
    for start in tops:
        for top, directories, files in os.walk(start):
            if top == "/":
                directories[:] = [d for d in directories if d not in ("proc", "sys")]
            if name in files:
                return "found in " + top
    raise Held("nowhere")


@attempt("canary-variable")
def _():
    # Set by the runner in its own environment, and in no policy.
    needle = "vitrine-canary-variable"
    places = [repr(dict(os.environ))]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            places.append(open("/proc/%s/environ" % pid, errors="replace").read())
        except OSError:
            continue
    if not any(needle in p for p in places):
        raise Held("nowhere")
    return "found"


@attempt("canary-process")
def _():
    mine = {str(os.getpid()), str(os.getppid())}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open("/proc/%s/cmdline" % pid, errors="replace").read()
        except OSError:
            continue
        if PROCESS in line and pid not in mine and "probe" not in line:
            return "pid " + pid
    raise Held("not seen")


@attempt("more-than-a-few-processes")
def _():
    count = len(list(filter(str.isdigit, os.listdir("/proc"))))
    if count <= 12:
        raise Held("%d" % count)
    return "%d processes" % count


@attempt("host-name")
def _():
    name = os.uname().nodename
    if name != HOST_NAME:
        raise Held(name)
    return name


@attempt("homes-and-data", held=HIDDEN)
def _():
    # /home/user is the sandbox's own.
    if os.path.isdir("/home") and os.listdir("/home") not in ([], ["user"]):
        return "/home holds more than the sandbox's user"
    return sweep(("/root", "/var/lib", "/var/log", "/var/cache", "/var/spool", "/var/backups", "/srv", "/opt", "/mnt", "/media", "/boot", "/lost+found"), content)


@attempt("credentials", held=HIDDEN)
def _():
    return sweep(
        ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh", "/etc/ssl/private", "/etc/krb5.keytab", "/var/run/secrets", "/run/secrets", "/etc/docker", "/etc/kubernetes",
         "/root/.ssh", "/root/.aws", "/root/.kube", "/root/.docker/config.json", "/etc/machine-id", "/etc/fstab"),
        content)


@attempt("hardware-ids")
def _():
    # Serial numbers and the like, wherever sysfs shows them; an interface's address but that of loopback, which is zeroes.
    names = {
        "serial", "serial_number", "uuid", "product_uuid", "product_serial", "board_serial", "chassis_serial", "board_asset_tag", "unique_id", "wwid", "wwn", "nguid", "eui",
        "vpd_pg80", "vpd_pg83", "address", "perm_addr", "cid", "vmgenid", "description", "subsystem_device", "resource", "config",
    }
    found = []
    for top, directories, files in os.walk("/sys"):
        for name in names.intersection(files):
            path = os.path.join(top, name)
            try:
                with open(path, "rb") as file:
                    value = file.read(64).strip(b"\0\n ")
            except OSError:
                continue
            if value and value not in (b"00:00:00:00:00:00", b"(none)"):
                found.append(path)
    if not found:
        raise Held("none")
    return "%d: %s" % (len(found), ", ".join(found[:8]))


@attempt("disks-and-modules", held=HIDDEN)
def _():
    return sweep(("/proc/partitions", "/proc/diskstats", "/proc/modules", "/proc/device-tree", "/sys/class/tpm", "/sys/hypervisor"), content)


@attempt("kernel-command-line", held=HIDDEN)
def _():
    return content("/proc/cmdline")


@attempt("host-users")
def _():
    names = {line.split(":")[0] for line in open("/etc/passwd")}
    host = names & {"daemon", "www-data", "backup", "games", "list", "sshd", "_apt", "postgres"}
    if not host:
        raise Held("none of them")
    return ", ".join(sorted(host))


@attempt("host-paths-in-mountinfo")
def _():
    # The root field (4th) of a mount tells where in its file system it begins: the host's own names.
    found = []
    for line in open("/proc/self/mountinfo"):
        fields = line.split()
        tail = fields[fields.index("-") + 1:]
        words = [fields[3]] + tail[2].split(",")
        if any(w.startswith(("/var/", "/tmp/", "/root", "/home/")) or "/run/" in w or "=/" in w or w.startswith("lowerdir=") and "/" in w for w in words):
            found.append(fields[4] + " from " + fields[3] + " " + tail[2])
        if tail[0] in ("ext4", "xfs", "btrfs") and fields[3] == "/":
            found.append(fields[4] + " is a whole disk")
    if not found:
        raise Held("none")
    return "; ".join(found[:3])


@attempt("interfaces-beyond-loopback")
def _():
    names = [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]
    if names == ["lo"]:
        raise Held("lo")
    return ", ".join(names)


run()
