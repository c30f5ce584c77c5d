#: number: 29
#: title: io_uring
#: technique: Make a ring; enter and register on a descriptor that is none.
#: reference: io_uring_setup(2), io_uring_enter(2), io_uring_register(2)
#: expected: ENOSYS or EPERM
#: control: the kernel of the host makes the ring, and answers EBADF to the other two


@attempt("io_uring_setup")
def _():
    return "ring at %d" % call(425, 4, ctypes.create_string_buffer(120))


@attempt("io_uring_enter")
def _():
    return reaches(426, -1, 0, 0, 0, None, 0)


@attempt("io_uring_register")
def _():
    return reaches(427, -1, 0, None, 0)


run()
