#: number: 45
#: title: Typing into a terminal that is not one's own
#: technique: Push a byte into a terminal's input queue (TIOCSTI) and through the console's selection (TIOCLINUX), also with high bits in the request.
#: reference: ioctl_tty(2), ioctl_console(2); CVE-2017-5226, CVE-2023-28100, CVE-2019-10063 (high bits)
#: expected: EPERM, EIO or ENOTTY
#: control: root on the host types into a terminal that it made

REFUSED = DENIED + ("EIO", "ENOTTY")
TIOCSTI = 0x5412
TIOCLINUX = 0x541C


def terminal():
    leader, follower = os.openpty()
    os.setsid()
    call(16, follower, 0x540E, 0)  # TIOCSCTTY
    return leader, follower


def pushes(request):
    def push():
        _, follower = terminal()
        return "pushed: %d" % call(16, follower, request, ctypes.create_string_buffer(b"x"))
    return push


attempt("tiocsti", held=REFUSED)(pushes(TIOCSTI))
attempt("tiocsti-high-bits", held=REFUSED)(pushes(TIOCSTI | 1 << 32))


@attempt("tioclinux-paste", held=REFUSED)
def _():
    _, follower = terminal()
    # On a pseudo-terminal the kernel's own answer is ENOTTY; the filter's, before it, EPERM. Only /dev/tty0 of the host has more.
    if CONTROL:
        fd = os.open("/dev/tty0", os.O_RDWR)
        return "answered: %d" % call(16, fd, TIOCLINUX, ctypes.create_string_buffer(b"\x06"))
    return "pasted: %d" % call(16, follower, TIOCLINUX, ctypes.create_string_buffer(b"\x03"))


run()
