using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Mounts;

/// <summary>
/// A mount that is attached nowhere: it lives as long as its descriptor, so that an abandoned one leaves nothing. It is made ready (flags, id
/// mapping, content) while nobody can see it, and then attached.
/// </summary>
public sealed class DetachedMount : IDisposable
{
    private DetachedMount(SafeFileHandle handle) => Root = handle;

    /// <summary>Its root directory (or file).</summary>
    public SafeFileHandle Root { get; }

    /// <summary>Clones what a descriptor names, without the mounts below it (open_tree(2)). The calling thread must be in the mount namespace of the source.</summary>
    public static DetachedMount Clone(SafeFileHandle source, string name)
    {
        long fd = MountCalls.open_tree(MountCalls.SYS_open_tree, source, "",
            MountCalls.AT_EMPTY_PATH | MountCalls.OPEN_TREE_CLONE | MountCalls.OPEN_TREE_CLOEXEC);
        return fd < 0 ? throw LinuxException.Last("open_tree", name) : new DetachedMount(new SafeFileHandle((nint)fd, true));
    }

    /// <summary>Makes a file system (fsopen(2), fsconfig(2), fsmount(2)).</summary>
    /// <param name="type">`tmpfs`, `overlay`, `devpts`.</param>
    /// <param name="attributes">Attributes of the mount.</param>
    /// <param name="options">Options; relative paths among them start at the calling thread's working directory, and the kernel shows them as given.</param>
    public static DetachedMount Create(string type, MountAttributes attributes, params ReadOnlySpan<(string Key, string Value)> options)
    {
        long opened = MountCalls.fsopen(MountCalls.SYS_fsopen, type, MountCalls.FSOPEN_CLOEXEC);
        if (opened < 0)
            throw LinuxException.Last("fsopen", type);
        using var context = new SafeFileHandle((nint)opened, true);
        if (MountCalls.fsconfig(MountCalls.SYS_fsconfig, context, MountCalls.FSCONFIG_SET_STRING, "source", type, 0) < 0)
            throw LinuxException.Last("fsconfig", $"{type}: source");
        foreach ((string key, string value) in options)
        {
            if (MountCalls.fsconfig(MountCalls.SYS_fsconfig, context, value.Length == 0 ? MountCalls.FSCONFIG_SET_FLAG : MountCalls.FSCONFIG_SET_STRING, key, value.Length == 0 ? null : value, 0) < 0)
                throw Failed(context, $"{type}: {key}={value}");
        }

        if (MountCalls.fsconfig(MountCalls.SYS_fsconfig, context, MountCalls.FSCONFIG_CMD_CREATE, null, null, 0) < 0)
            throw Failed(context, type);
        long mounted = MountCalls.fsmount(MountCalls.SYS_fsmount, context, MountCalls.FSMOUNT_CLOEXEC, (uint)attributes);
        return mounted < 0 ? throw Failed(context, type) : new DetachedMount(new SafeFileHandle((nint)mounted, true));
    }

    /// <summary>Sets attributes and, with a user namespace, the id mapping (mount_setattr(2)): once only, and before it is attached.</summary>
    public unsafe void Set(MountAttributes attributes, SafeHandle? userNamespace = null)
    {
        bool added = false;
        try
        {
            userNamespace?.DangerousAddRef(ref added);
            var attr = new MountCalls.MountAttr
            {
                Set = (ulong)attributes | (userNamespace is null ? 0 : MountCalls.MOUNT_ATTR_IDMAP),
                UserNamespace = userNamespace is null ? 0 : (ulong)userNamespace.DangerousGetHandle(),
            };
            if (MountCalls.mount_setattr(MountCalls.SYS_mount_setattr, Root, "", MountCalls.AT_EMPTY_PATH, &attr, (nuint)sizeof(MountCalls.MountAttr)) < 0)
                throw LinuxException.Last("mount_setattr", userNamespace is null ? attributes.ToString() : $"{attributes}, id mapping");
        }
        finally
        {
            if (added)
                userNamespace!.DangerousRelease();
        }
    }

    /// <summary>Attaches it over a path of the calling thread's mount namespace. A link at the end of the path is not followed.</summary>
    public void Attach(string target)
    {
        if (MountCalls.move_mount(MountCalls.SYS_move_mount, Root, "", MountCalls.AT_FDCWD, target, MountCalls.MOVE_MOUNT_F_EMPTY_PATH) < 0)
            throw LinuxException.Last("move_mount", target);
    }

    /// <summary>Attaches it over what a descriptor names.</summary>
    public void Attach(SafeFileHandle target, string name)
    {
        if (MountCalls.move_mount(MountCalls.SYS_move_mount, Root, "", target, "", MountCalls.MOVE_MOUNT_F_EMPTY_PATH | MountCalls.MOVE_MOUNT_T_EMPTY_PATH) < 0)
            throw LinuxException.Last("move_mount", name);
    }

    /// <inheritdoc/>
    public void Dispose() => Root.Dispose();

    /// <summary>The context's message queue says more than errno: "e overlay: ..." (fsopen(2)).</summary>
    private static unsafe LinuxException Failed(SafeFileHandle context, string subject)
    {
        int errno = Marshal.GetLastPInvokeError();
        byte* buffer = stackalloc byte[512];
        nint count = MountCalls.read(context, buffer, 512);
        string said = count > 2 ? $": {Encoding.UTF8.GetString(buffer + 2, (int)count - 2).Trim()}" : "";
        return new LinuxException("fsconfig", subject + said, errno);
    }
}
