#: number: 35
#: title: Unix and abstract sockets of the host
#: technique: Connect to the canary's sockets, which listen on the host while this runs, and to every well-known one; search the file system for more.
#: reference: unix(7) (abstract names belong to the network namespace); docker.sock, containerd.sock, D-Bus, ssh-agent, X11
#: expected: ENOENT or ECONNREFUSED; no socket file anywhere
#: control: on the host the canary's listeners answer; well-known paths are listened on, in a mount namespace of the control's own

CANARY = os.environ["PROBE_CANARY_SOCKET"]
ABSTRACT = "\0" + os.environ["PROBE_CANARY_ABSTRACT"]
ABSENT = HIDDEN + ("ECONNREFUSED",)
WELL_KNOWN = (
    "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/crio/crio.sock",
    "/run/dbus/system_bus_socket", "/run/systemd/private", "/run/user/0/bus", "/run/snapd.socket",
    "/tmp/.X11-unix/X0", "/tmp/ssh-agent/agent.1", "/run/user/0/vitrine/launcher.sock", "/dev/log",
)
if CONTROL:
    # Bound here so that it outlives the attempt's own scope; X may be running.
    _display = socket.socket(socket.AF_UNIX)
    try:
        _display.bind("\0/tmp/.X11-unix/X0")
        _display.listen()
    except OSError as e:
        if e.errno != errno.EADDRINUSE:
            raise


def connects(address, kind=socket.SOCK_STREAM):
    def connect():
        with socket.socket(socket.AF_UNIX, kind) as client:
            client.settimeout(3)
            client.connect(address)
            return "connected"
    return connect


attempt("canary-socket", held=ABSENT)(connects(CANARY))
attempt("canary-socket-by-var-run", held=ABSENT)(connects(CANARY.replace("/run/", "/proc/self/root/run/", 1)))
attempt("canary-abstract", held=ABSENT)(connects(ABSTRACT))
attempt("canary-datagram", held=ABSENT)(connects(CANARY + "-dgram", socket.SOCK_DGRAM))
attempt("x11-abstract", held=ABSENT)(connects("\0/tmp/.X11-unix/X0"))


@attempt("well-known-paths", held=ABSENT)
def _():
    listeners = []
    if CONTROL:
        stage("/run", "/tmp")
        for path in WELL_KNOWN[:-1]:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            listeners.append(socket.socket(socket.AF_UNIX))
            listeners[-1].bind(path)
            listeners[-1].listen()
    return sweep(WELL_KNOWN, lambda path: connects(path)())


@attempt("agent-variables")
def _():
    found = [n for n in ("SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST", "XDG_RUNTIME_DIR", "DISPLAY") if n in os.environ]
    if not found:
        raise Held("none set")
    return ", ".join(found)


@attempt("abstract-names-listed")
def _():
    with open("/proc/net/unix") as table:
        names = [line.split()[-1] for line in table if " @" in line or "/" in line.split()[-1]]
    if not names:
        raise Held("none")
    return "%d names" % len(names)


@attempt("socket-files-found")
def _():
    found = []
    for top, directories, files in os.walk("/"):
        if top == "/":
            directories[:] = [d for d in directories if d not in ("proc", "sys")]
            if CONTROL:
                directories[:] = ["run"]
        for name in files:
            path = os.path.join(top, name)
            try:
                if stat.S_ISSOCK(os.lstat(path).st_mode):
                    found.append(path)
            except OSError:
                continue
    if not found:
        raise Held("none")
    return ", ".join(found[:5])


run()
