# What every probe shares. The runner puts this text in front of a probe's own and runs both with `python3 -I -c`, inside a sandbox or, as the
# positive control, as root on the host in throw-away namespaces with PROBE_CONTROL=1.
#
# An attempt is a function. It *falls* by returning what it got, and *holds* by raising Held or an OSError whose errno is in `held`. Anything else,
# another errno above all, is a broken attempt: it proves nothing and fails the test. Each runs in a child, so that a filter's SIGSYS ends the attempt alone.
import ctypes
import errno
import os
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time

CONTROL = os.environ.get("PROBE_CONTROL") == "1"
DENIED = ("EPERM", "EACCES", "ENOSYS")
HIDDEN = ("ENOENT", "EACCES", "EPERM", "EROFS", "ENOTDIR", "ENXIO")
MAIN_PARENT = os.getppid()
TIMEOUT = 10
LIBC = ctypes.CDLL(None, use_errno=True)
_attempts = []


class Held(Exception):
    """The attempt came to nothing, for the reason given."""


def attempt(name, held=DENIED):
    def keep(function):
        _attempts.append((name, held, function))
        return function
    return keep


def call(number, *arguments):
    """The system call itself, without libc's wrapper; raises OSError."""
    LIBC.syscall.restype = ctypes.c_long
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number), *[_wide(a) for a in arguments])
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _wide(value):
    if value is None:
        return ctypes.c_void_p(None)
    if isinstance(value, int):
        return ctypes.c_long(value if value < 1 << 63 else value - (1 << 64))
    return value


def reaches(number, *arguments):
    """Falls when the kernel's own code answers the call, whatever it says but EPERM and ENOSYS: the filter was not in the way."""
    try:
        return "returned %d" % call(number, *arguments)
    except OSError as e:
        if e.errno in (errno.EPERM, errno.ENOSYS):
            raise
        return "kernel answered " + errno.errorcode[e.errno]


def victim(user=60000):
    """The process to attack: the guest inside; on the host a sleeping stand-in with an uid of its own."""
    if not CONTROL:
        return 1
    child = subprocess.Popen(["/usr/bin/sleep", "30"], user=user, group=user, stdin=subprocess.PIPE, close_fds=True)
    _victims.append(child)
    return child.pid


_victims = []


def scratch():
    """A directory that the attempt may write to."""
    for place in (os.environ.get("PROBE_SCRATCH"), "/workspace", "/tmp"):
        if place and os.access(place, os.W_OK):
            return tempfile.mkdtemp(dir=place)
    raise RuntimeError("no writable place")


def stage(*places):
    """Control only: a mount namespace for this one attempt, with an empty tmpfs over each place."""
    call(272, 0x20000)
    for place in places:
        subprocess.check_call(["/usr/bin/mount", "-t", "tmpfs", "none", place])


def sweep(names, look):
    """Falls when any of them does, for what not every host has: the control proves the technique by those it has."""
    got, refused = [], None
    for name in names:
        try:
            got.append("%s: %s" % (name, look(name)))
        except Held as e:
            refused = e
        except OSError as e:
            if errno.errorcode.get(e.errno) not in HIDDEN + ("ENODEV",):
                raise
            refused = Held(errno.errorcode[e.errno])
    if not got:
        raise refused
    return "; ".join(got)


def opened(path, flags):
    """Opens and falls, unless what is there is a mask (/dev/null's device)."""
    fd = os.open(path, flags)
    try:
        what = os.fstat(fd)
        if stat.S_ISCHR(what.st_mode) and what.st_rdev == os.makedev(1, 3):
            raise Held("masked")
        return "opened " + path
    finally:
        os.close(fd)


def content(path, limit=64):
    """Reads and falls, unless there is nothing in it."""
    if os.path.isdir(path):
        names = os.listdir(path)
        if not names:
            raise Held("empty")
        return "listed %d names" % len(names)
    with open(path, "rb") as file:
        data = file.read(limit)
    if not data.strip():
        raise Held("empty")
    return "read %d bytes" % len(data)


def _report(verb, name, detail):
    line = " ".join([verb, name, " ".join(str(detail).split())[:400]])
    os.write(1, (line + "\n").encode("ascii", "backslashreplace"))


def _run_one(name, held, function):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            verb, detail = "FELL", function()
            if detail is None:
                verb, detail = "BROKE", "returned nothing"
        except Held as e:
            verb, detail = "HELD", e
        except OSError as e:
            code = errno.errorcode.get(e.errno or 0, str(e.errno))
            verb, detail = ("HELD", code) if code in held else ("BROKE", "unexpected %s (%s)" % (code, e))
        except BaseException as e:  # A defect of the probe itself must not look like a refusal.
            verb, detail = "BROKE", "%s: %s at line %s" % (type(e).__name__, e, e.__traceback__.tb_next and e.__traceback__.tb_next.tb_lineno)
        for child in _victims:
            child.kill()
        os.write(writer, ("%s %s" % (verb, detail)).encode("utf-8", "backslashreplace")[:60000])
        os._exit(0)
    os.close(writer)
    said, deadline = b"", time.monotonic() + TIMEOUT
    while True:
        ready, _, _ = select.select([reader], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            os.kill(pid, signal.SIGKILL)
            break
        chunk = os.read(reader, 65536)
        if not chunk:
            break
        said += chunk
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    if said:
        verb, _, detail = said.decode("utf-8", "replace").partition(" ")
        _report(verb, name, detail)
    elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSYS:
        _report("HELD", name, "SIGSYS")
    else:
        _report("BROKE", name, "ended with status %d after %d s" % (status, TIMEOUT) if time.monotonic() >= deadline else "ended with status %d" % status)


def run():
    for name, held, function in _attempts:
        _run_one(name, held, function)
    _report("DONE", str(len(_attempts)), "attempts")
