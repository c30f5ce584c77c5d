#: number: 36
#: title: Another ABI, and arguments with high bits
#: technique: int 0x80 from 64-bit code; system call numbers with the x32 bit; arguments whose low half is the denied value.
#: reference: seccomp(2) (NOTES, on architectures and x32), syscall(2); CVE-2023-39189 and runc's 32-bit comparison flaw
#: expected: the process is killed (SIGSYS), or ENOSYS, or the same denial as without the bits
#: control: the host's kernel answers int 0x80 and ignores the high half

X32 = 0x40000000
HIGH = 1 << 32


def machine_code(code):
    """Calls raw x86-64 code; returns its eax as a signed number, or raises OSError for a negative one."""
    size = 4096
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    page = LIBC.mmap(None, size, 3, 0x22, -1, 0)
    ctypes.memmove(page, code, len(code))
    LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if LIBC.mprotect(page, size, 5) != 0:
        raise RuntimeError("mprotect to executable failed; the probe cannot run")
    result = ctypes.CFUNCTYPE(ctypes.c_int)(page)()
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result


def int80(number, ebx=0, ecx=0, edx=0):
    # push rbx; mov ebx,..; mov ecx,..; mov edx,..; mov eax,number; int 0x80; pop rbx; ret
    return machine_code(
        b"\x53" + b"\xbb" + struct.pack("I", ebx) + b"\xb9" + struct.pack("I", ecx) + b"\xba" + struct.pack("I", edx)
        + b"\xb8" + struct.pack("I", number) + b"\xcd\x80" + b"\x5b\xc3")


@attempt("i386-getpid")
def _():
    return "pid %d" % int80(20)


@attempt("i386-socket-vsock")
def _():
    return "socket at %d" % int80(359, 40, 1, 0)


@attempt("i386-unshare-user")
def _():
    return "unshare: %d" % int80(310, 0x10000000)


@attempt("x32-getpid")
def _():
    return "pid %d" % call(39 | X32)


@attempt("high-bits-socket-family", held=DENIED + ("EAFNOSUPPORT",))
def _():
    return "socket at %d" % call(41, 40 | HIGH, 1, 0)


@attempt("high-bits-netlink-protocol", held=DENIED + ("EPROTONOSUPPORT",))
def _():
    return "socket at %d" % call(41, 16, 3, 12 | HIGH)


@attempt("high-bits-netlink-family", held=DENIED + ("EPROTONOSUPPORT", "EAFNOSUPPORT"))
def _():
    return "socket at %d" % call(41, 16 | HIGH, 3, 12)


@attempt("high-bits-clone-newuser")
def _():
    pid = call(56, 0x10000000 | HIGH << 1 | signal.SIGCHLD, None, None, None, None)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "clone made a process"


@attempt("high-bits-unshare")
def _():
    return reaches(272, 0x10000000 | HIGH)


@attempt("high-bits-number")
def _():
    return "ring at %d" % call(425 | HIGH, 4, ctypes.create_string_buffer(120))


@attempt("high-bits-bpf")
def _():
    return "map at %d" % call(321, HIGH, struct.pack("5I", 2, 4, 4, 1, 0) + bytes(96), 116 | HIGH)


@attempt("high-bits-personality")
def _():
    # ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC; the kernel takes an unsigned int.
    before = call(135, 0xFFFFFFFF)
    call(135, 0x0440000 | HIGH)
    after = call(135, 0xFFFFFFFF)
    if before == after:
        raise Held("unchanged")
    return "personality %x" % after


run()
