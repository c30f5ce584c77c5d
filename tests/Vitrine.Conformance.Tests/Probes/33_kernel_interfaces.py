#: number: 33
#: title: Kernel interfaces that exploits begin with
#: technique: bpf, perf, userfaultfd, keys, modules, kexec, handles, the kernel log, ports, clocks and names.
#: reference: bpf(2), perf_event_open(2), userfaultfd(2), keyctl(2), open_by_handle_at(2) ("shocker"), syslog(2), init_module(2), kexec_load(2), iopl(2)
#: expected: EPERM or ENOSYS
#: control: root on the host does each, or the kernel's own code answers it (EINVAL, EFAULT, EBADF)


@attempt("bpf-map")
def _():
    return "map at %d" % call(321, 0, struct.pack("5I", 2, 4, 4, 1, 0) + bytes(96), 116)


@attempt("bpf-program")
def _():
    return reaches(321, 5, bytes(116), 116)


@attempt("perf_event_open")
def _():
    # PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, on this process.
    attributes = struct.pack("IIQQQQQ", 1, 112, 0, 0, 0, 0, 0) + bytes(64)
    return "event at %d" % call(298, attributes, 0, -1, -1, 0)


@attempt("userfaultfd")
def _():
    return "descriptor %d" % call(323, 0)


@attempt("userfaultfd-user-mode")
def _():
    return "descriptor %d" % call(323, 1)


@attempt("add_key")
def _():
    # KEY_SPEC_PROCESS_KEYRING: goes away with the process.
    return "key %d" % call(248, ctypes.c_char_p(b"user"), ctypes.c_char_p(b"vitrine-probe"), ctypes.c_char_p(b"x"), 1, -2)


@attempt("request_key")
def _():
    return reaches(249, ctypes.c_char_p(b"user"), ctypes.c_char_p(b"vitrine-absent"), None, -2)


@attempt("keyctl-session")
def _():
    return "keyring %d" % call(250, 0, -2, 1, 0, 0)


@attempt("load-code-or-take-ports")
def _():
    # init_module, finit_module, delete_module, kexec_load, kexec_file_load, iopl, ioperm: with arguments that load nothing.
    found = []
    for number, arguments in (
            (175, (None, 0, None)), (313, (-1, None, 0)), (176, (None, 0)), (246, (0, 99, None, 0)), (320, (-1, -1, 0, None, 0)), (172, (3,)), (173, (0x80, 1, 1))):
        try:
            found.append(reaches(number, *arguments))
        except OSError as e:
            last = e
    if not found:
        raise last
    return ", ".join(found)


@attempt("open_by_handle_at")
def _():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount = ctypes.c_int()
    place = scratch()
    fd = os.open(place, os.O_RDONLY)
    try:
        call(303, -100, ctypes.c_char_p(place.encode()), handle, ctypes.byref(mount), 0)
    except OSError:
        # Some file systems give no handle: then a made-up one is tried.
        return reaches(304, fd, handle, os.O_RDONLY)
    return "opened %d" % call(304, fd, handle, os.O_RDONLY)


@attempt("open_by_handle_at-root-inode", held=DENIED)
def _():
    # The handle of inode 2, the root of an ext file system, guessed: what "shocker" did.
    handle = struct.pack("Ii", 8, 1) + struct.pack("II", 2, 0)
    fd = os.open("/etc/hostname" if CONTROL else "/", os.O_RDONLY)
    return reaches(304, fd, handle, os.O_RDONLY)


@attempt("syslog-read")
def _():
    return "read %d bytes" % call(103, 3, ctypes.create_string_buffer(4096), 4096)


@attempt("syslog-size")
def _():
    return "size %d" % call(103, 10, None, 0)


@attempt("sethostname-same")
def _():
    name = socket.gethostname().encode()
    return "sethostname: %d" % call(170, ctypes.c_char_p(name), len(name))


@attempt("clock_settime-invalid")
def _():
    # A time that cannot be: the kernel answers EINVAL where the call is not denied, and nothing changes.
    return reaches(227, 0, struct.pack("qq", 0, 1 << 40))


@attempt("reboot-wrong-magic")
def _():
    return reaches(169, 0, 0, 0, None)


@attempt("acct-absent-file")
def _():
    return reaches(163, ctypes.c_char_p(b"/nonexistent"))


@attempt("quotactl")
def _():
    return reaches(179, 0x800001 << 8, None, 0, None)


@attempt("fanotify_init")
def _():
    return "group at %d" % call(300, 0, 0)


@attempt("vhangup-of-no-terminal")
def _():
    # Leaves the terminal first, so that the control hangs up nobody.
    os.setsid()
    return "vhangup: %d" % call(153)


@attempt("lookup-own-pages")
def _():
    return reaches(279, 0, 1 << 62, None, None, None, 0)


@attempt("modify_ldt")
def _():
    return "read %d bytes" % call(154, 0, ctypes.create_string_buffer(64), 64)


run()
