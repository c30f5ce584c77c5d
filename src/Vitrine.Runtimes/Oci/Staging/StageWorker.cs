using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Paths;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>
/// A thread with a mount namespace of its own in which sandboxes are built. The state directory is covered there by a memory file system, the stage,
/// that holds everything a runtime needs to see for a moment: nothing of it ever touches the host's file systems, and all of it goes with the process.
/// </summary>
internal sealed class StageWorker : IDisposable
{
    private readonly NamespaceThread _thread;

    private StageWorker(NamespaceThread thread, string stage) => (_thread, Stage) = (thread, stage);

    /// <summary>The stage's path, as the thread and what it starts see it.</summary>
    public string Stage { get; }

    /// <summary>The shared device directory, mounted read-only.</summary>
    public string Devices => Stage + "/devices";

    /// <summary>Devices that are mounts of their own, and where; none as root, where <see cref="Devices"/> holds them.</summary>
    public IEnumerable<(string Name, string Path)> BoundDevices => OwnUserNamespace.IsInitial ? [] : Nodes.Select(n => (n.Name, $"{Stage}/nodes/{n.Name}"));

    /// <summary>Starts the thread and fills the stage with what all sandboxes share.</summary>
    public static async Task<StageWorker> OpenAsync(string stage, string guestPath, HostRoot host)
    {
        NamespaceThread thread = await NamespaceThread.StartAsync("vitrine-stage").ConfigureAwait(false);
        try
        {
            byte[] guest = await File.ReadAllBytesAsync(guestPath).ConfigureAwait(false);
            await thread.RunAsync(() => Fill(stage, guest, host)).ConfigureAwait(false);
            return new StageWorker(thread, stage);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Runs a function on the thread.</summary>
    public Task<T> RunAsync<T>(Func<T> function) => _thread.RunAsync(function);

    /// <summary>Runs an action on the thread.</summary>
    public Task RunAsync(Action action) => _thread.RunAsync(action);

    /// <inheritdoc/>
    public void Dispose() => _thread.Dispose();

    private static void Fill(string stage, byte[] guest, HostRoot host)
    {
        using DetachedMount mount = DetachedMount.Create("tmpfs", MountAttributes.NoSetId, ("mode", "0755"));
        bool root = OwnUserNamespace.IsInitial;

        // Without root, id 0 is who called us; what is not to be theirs inside is the first subordinate id's.
        uint owner = root ? 0u : 1u;
        var tree = new TreeBuilder(mount.Root, owner, owner);
        tree.Root(0x1ED);

        // The guest is copied: what is later done to the file it came from does not reach a sandbox.
        tree.File("guest/guest", guest, 0x16D); // 0555
        tree.Directory("empty");
        tree.Directory("device-files");
        foreach ((string name, uint major, uint minor) in Nodes)
        {
            if (root)
                tree.Device("device-files/" + name, major, minor);
            else
                MountPointOf(tree, name);
        }

        foreach ((string name, string target) in DeviceLinks)
            tree.Link("device-files/" + name, target);
        tree.Directory("device-files/pts");
        tree.Directory("device-files/shm");
        tree.Directory("devices");
        tree.Directory("host");
        mount.Attach(stage);
        using (SafeFileHandle shared = PathHandle.Open(stage + "/host"))
            host.Fill(new TreeBuilder(shared, owner, owner));
        using SafeFileHandle files = PathHandle.Open(stage + "/device-files");
        using DetachedMount devices = DetachedMount.Clone(files, stage + "/device-files");
        devices.Set(MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoExecute);
        devices.Attach(stage + "/devices");
        if (root)
            return;

        // Nobody may make devices in a user namespace; the host's own are mounted instead. Read-only, they can be used but not changed.
        foreach ((string name, _, _) in Nodes)
        {
            using SafeFileHandle node = PathHandle.Open("/dev/" + name);
            using DetachedMount device = DetachedMount.Clone(node, "/dev/" + name);
            device.Set(MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoExecute);
            device.Attach($"{stage}/nodes/{name}");
        }
    }

    /// <summary>One file in the directory that shows, and one aside: a directory with mounts in it could not be bound without them.</summary>
    private static void MountPointOf(TreeBuilder tree, string name)
    {
        tree.File("device-files/" + name, "");
        tree.File("nodes/" + name, "");
    }

    private static readonly (string Name, uint Major, uint Minor)[] Nodes =
    [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ];

    private static readonly (string Name, string Target)[] DeviceLinks =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
    ];
}
