#: number: 31
#: title: Mounts, by the old calls and the new
#: technique: Mount, bind, remount, unmount, pivot and chroot; the same through fsopen, open_tree, move_mount and mount_setattr.
#: reference: mount(2), umount2(2), pivot_root(2), fsopen(2), open_tree(2), move_mount(2), mount_setattr(2)
#: expected: EPERM or ENOSYS
#: control: root in a mount namespace of its own does each

AT_FDCWD = -100
place = scratch()


def text(value):
    return ctypes.c_char_p(value.encode())


@attempt("mount-tmpfs")
def _():
    return "mount: %d" % call(165, text("none"), text(place), text("tmpfs"), 0, None)


@attempt("mount-proc")
def _():
    return "mount: %d" % call(165, text("proc"), text(place), text("proc"), 0, None)


@attempt("mount-bind")
def _():
    return "mount: %d" % call(165, text("/usr"), text(place), None, 0x1000, None)


@attempt("mount-overlay")
def _():
    return "mount: %d" % call(165, text("overlay"), text(place), text("overlay"), 0, text("lowerdir=/usr:/etc"))


@attempt("mount-propagation")
def _():
    return "mount: %d" % call(165, None, text("/"), None, 0x100000 | 0x4000, None)


@attempt("remount-root-writable")
def _():
    return "mount: %d" % call(165, None, text("/"), None, 0x20 | 0x1000, None)


@attempt("umount-proc")
def _():
    return "umount: %d" % call(166, text("/proc"), 2)


@attempt("pivot_root")
def _():
    return reaches(155, text(place), text(place))


@attempt("chroot")
def _():
    return "chroot: %d" % call(161, text(place))


@attempt("fsopen")
def _():
    return "context at %d" % call(430, text("tmpfs"), 0)


@attempt("fsconfig")
def _():
    return reaches(431, -1, 6, None, None, 0)


@attempt("fsmount")
def _():
    return reaches(432, -1, 0, 0)


@attempt("fspick")
def _():
    return "context at %d" % call(433, AT_FDCWD, text("/"), 0)


@attempt("open_tree-clone")
def _():
    return "tree at %d" % call(428, AT_FDCWD, text("/usr"), 1)


@attempt("move_mount")
def _():
    return reaches(429, -1, text("/"), AT_FDCWD, text(place), 0)


@attempt("mount_setattr")
def _():
    # Clears read-only on the root: struct mount_attr { attr_set, attr_clr, propagation, userns_fd }.
    return "mount_setattr: %d" % call(442, AT_FDCWD, text("/"), 0, struct.pack("4Q", 0, 1, 0, 0), 32)


@attempt("swapon")
def _():
    return reaches(167, text("/nonexistent"), 0)


run()
