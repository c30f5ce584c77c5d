using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Vitrine.Linux.Mounts;

namespace Vitrine.Linux.Namespaces;

/// <summary>
/// A thread with a mount namespace and a working directory of its own. Mounts made on it are seen by nobody else but what is started from it, and
/// go away with the process, however it ends: the kernel drops the namespace with its last user.
/// </summary>
public sealed partial class NamespaceThread : IDisposable
{
    private const int CLONE_FS = 0x200;
    private const int CLONE_NEWNS = 0x20000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private NamespaceThread(string name, TaskCompletionSource<NamespaceThread> started)
    {
        _thread = new Thread(() => Loop(started), 512 * 1024) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Starts a thread in a copy of the mount namespace; from then on neither sees what the other mounts.</summary>
    /// <exception cref="LinuxException">unshare(2) or mount(2): CAP_SYS_ADMIN is needed.</exception>
    public static Task<NamespaceThread> StartAsync(string name)
    {
        Relay.Start();
        var started = new TaskCompletionSource<NamespaceThread>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = new NamespaceThread(name, started);
        return started.Task;
    }

    /// <summary>
    /// Runs a function on the thread, after those before it. The function must not hand work to the thread pool or start threads: they would inherit the
    /// namespace.
    /// </summary>
    public Task<T> RunAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                T result = function();
                Relay.Post(() => done.TrySetResult(result));
            }
#pragma warning disable CA1031 // Whatever it is belongs to who asked, not to this thread.
            catch (Exception e)
            {
                Relay.Post(() => done.TrySetException(e));
            }
#pragma warning restore CA1031
        });
        return done.Task;
    }

    /// <summary>Runs an action on the thread, after those before it.</summary>
    public Task RunAsync(Action action) => RunAsync(() =>
    {
        action();
        return true;
    });

    /// <summary>Whether the calling thread is in the mount namespace of the process's first thread.</summary>
    public static bool IsOutside() => string.Equals(
        new FileInfo("/proc/thread-self/ns/mnt").LinkTarget, new FileInfo("/proc/self/ns/mnt").LinkTarget, StringComparison.Ordinal);

    /// <summary>Ends the thread after the work it has; its mounts go with it.</summary>
    public void Dispose() => _work.CompleteAdding();

    private static void Enter()
    {
        if (unshare(CLONE_FS | CLONE_NEWNS) < 0)
            throw LinuxException.Last("unshare", "CLONE_FS | CLONE_NEWNS");

        // Without this, what is mounted here would also appear on a host whose root is shared, as systemd makes it (mount_namespaces(7)).
        if (MountCalls.mount(null, "/", null, MountCalls.MS_REC | MountCalls.MS_PRIVATE, null) < 0)
            throw LinuxException.Last("mount", "/: private");
    }

    private void Loop(TaskCompletionSource<NamespaceThread> started)
    {
        try
        {
            Enter();
            Relay.Post(() => started.SetResult(this));
        }
        catch (LinuxException e)
        {
            Relay.Post(() => started.SetException(e));
            return;
        }

        foreach (Action action in _work.GetConsumingEnumerable())
            action();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
