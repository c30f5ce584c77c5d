#: number: 42
#: title: Device nodes
#: technique: Make nodes of memory, a disk, kvm and fuse; open those there are; look for any beyond the harmless.
#: reference: mknod(2), user_namespaces(7), OCI runtime-spec default devices
#: expected: EPERM, EACCES or ENOENT; only null, zero, full, random, urandom, tty, console, ptmx and pts are there
#: control: root on the host makes each, and opens those its kernel has

REFUSED = DENIED + ("ENOENT", "ENXIO", "EROFS")
HARMLESS = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2)}


def makes(kind, major, minor):
    def make():
        path = os.path.join(scratch(), "node")
        os.mknod(path, kind | 0o600, os.makedev(major, minor))
        return "made a node"
    return make


for _name, _node in {
    "mem": (stat.S_IFCHR, 1, 1), "kmem-port": (stat.S_IFCHR, 1, 4), "kmsg": (stat.S_IFCHR, 1, 11), "disk": (stat.S_IFBLK, 254, 0), "loop": (stat.S_IFBLK, 7, 0),
    "kvm": (stat.S_IFCHR, 10, 232), "fuse": (stat.S_IFCHR, 10, 229), "tun": (stat.S_IFCHR, 10, 200),
}.items():
    attempt("mknod-" + _name, held=REFUSED)(makes(*_node))


@attempt("mknodat-on-dev", held=REFUSED)
def _():
    if CONTROL:
        stage("/dev")
    os.mknod("/dev/vitrine-probe", stat.S_IFCHR | 0o600, os.makedev(1, 1))
    return "made a node"


def opens(path, node):
    def open_device():
        if CONTROL and not os.path.exists(path):
            place = os.path.join(scratch(), "node")
            os.mknod(place, stat.S_IFCHR | 0o600, os.makedev(*node))
            return opened(place, os.O_RDONLY)
        return opened(path, os.O_RDONLY | os.O_NONBLOCK)
    return open_device


for _path, _node in {
    "/dev/kmsg": (1, 11), "/dev/kvm": (10, 232), "/dev/fuse": (10, 229), "/dev/net/tun": (10, 200), "/dev/loop-control": (10, 237), "/dev/tty0": (4, 0),
}.items():
    attempt("open" + _path.replace("/", "."), held=REFUSED)(opens(_path, _node))


@attempt("open-what-not-every-host-has", held=REFUSED)
def _():
    return sweep(
        ("/dev/mem", "/dev/port", "/dev/vsock", "/dev/vhost-net", "/dev/vhost-vsock", "/dev/userfaultfd", "/dev/hwrng", "/dev/nvram", "/dev/cpu/0/msr", "/dev/dri/card0",
         "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/mapper/control", "/dev/btrfs-control", "/dev/autofs", "/dev/zram0", "/dev/vcs", "/dev/ttyS0", "/dev/uinput", "/dev/snapshot"),
        lambda path: opened(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))


@attempt("any-other-device")
def _():
    found = []
    for top, _, files in os.walk("/dev"):
        for name in files:
            path = os.path.join(top, name)
            what = os.lstat(path)
            if stat.S_ISCHR(what.st_mode) or stat.S_ISBLK(what.st_mode):
                number = (os.major(what.st_rdev), os.minor(what.st_rdev))
                if number not in HARMLESS and number[0] != 136:
                    found.append(path)
    if not found:
        raise Held("none")
    return "%d, among them %s" % (len(found), found[:3])


@attempt("device-on-own-tmpfs", held=REFUSED)
def _():
    # Where the node can be made, nodev must still keep it from opening.
    path = os.path.join(scratch(), "node")
    os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    return opened(path, os.O_RDONLY)


run()
