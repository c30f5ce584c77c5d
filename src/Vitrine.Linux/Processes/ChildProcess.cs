using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Processes;

/// <summary>
/// A child started by posix_spawn(3) and followed by pidfd. The child takes credentials, mount namespace and working directory of the thread that
/// starts it, which is how a program is started inside a namespace that only one thread has entered.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    private static readonly ConcurrentDictionary<int, bool> s_unreaped = new();

    private readonly ProcessDescriptor _process;

    private ChildProcess(ProcessDescriptor process)
    {
        _process = process;
        s_unreaped[process.Pid] = true;
    }

    /// <summary>Whether a process was started here and its status not taken yet.</summary>
    public static bool IsChild(int pid) => s_unreaped.ContainsKey(pid);

    /// <summary>Its id; valid until <see cref="WaitAsync"/> has ended.</summary>
    public int Pid => _process.Pid;

    /// <summary>Its pidfd.</summary>
    public ProcessDescriptor Process => _process;

    /// <summary>Starts a child on the calling thread.</summary>
    /// <exception cref="LinuxException">It could not be started: not found, not executable, no memory, no process left.</exception>
    public static unsafe ChildProcess Start(ChildStart start)
    {
        byte* actions = stackalloc byte[ProcessCalls.OpaqueSize];
        byte* attributes = stackalloc byte[ProcessCalls.OpaqueSize];
        byte* set = stackalloc byte[128];
        var lifted = new SafeFileHandle?[start.Descriptors.Count];
        Check("posix_spawn_file_actions_init", ProcessCalls.posix_spawn_file_actions_init(actions));
        Check("posix_spawnattr_init", ProcessCalls.posix_spawnattr_init(attributes));
        try
        {
            AddDescriptors(start, actions, lifted);
            if (start.WorkingDirectory is not null)
                Check("posix_spawn_file_actions_addchdir_np", ProcessCalls.posix_spawn_file_actions_addchdir_np(actions, start.WorkingDirectory));

            // .NET ignores SIGPIPE and would hand that down; a child starts with every signal at its default and none blocked.
            short flags = ProcessCalls.POSIX_SPAWN_SETSIGDEF | ProcessCalls.POSIX_SPAWN_SETSIGMASK;
            flags |= start.NewSession ? ProcessCalls.POSIX_SPAWN_SETSID : ProcessCalls.POSIX_SPAWN_SETPGROUP;
            Check("posix_spawnattr_setflags", ProcessCalls.posix_spawnattr_setflags(attributes, flags));
            Check("sigfillset", ProcessCalls.sigfillset(set));
            Check("posix_spawnattr_setsigdefault", ProcessCalls.posix_spawnattr_setsigdefault(attributes, set));
            Check("sigemptyset", ProcessCalls.sigemptyset(set));
            Check("posix_spawnattr_setsigmask", ProcessCalls.posix_spawnattr_setsigmask(attributes, set));

            using var path = new NativeStrings([start.Path]);
            using var argv = new NativeStrings(start.Arguments);
            using var envp = new NativeStrings(start.Environment);
            int pid;
            int error = ProcessCalls.posix_spawn(&pid, path.Vector[0], actions, attributes, argv.Vector, envp.Vector);
            if (error != 0)
                throw new LinuxException("posix_spawn", start.Path, error);

            // Our own child keeps its id until we reap it, so this names the right process even when it has ended already.
            return new ChildProcess(ProcessDescriptor.Open(pid));
        }
        finally
        {
            foreach (SafeFileHandle? handle in lifted)
                handle?.Dispose();
            _ = ProcessCalls.posix_spawn_file_actions_destroy(actions);
            _ = ProcessCalls.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Sends a signal to the child; nothing when it has ended.</summary>
    public void Signal(int number) => _process.Signal(number);

    /// <summary>
    /// Sends a signal to the child and what it started in its session's first group. For a child started with <see cref="ChildStart.NewSession"/>, before its
    /// status is taken: until then nobody else can have its id for a group.
    /// </summary>
    public void SignalGroup(int number) => _ = ProcessCalls.kill(-Pid, number);

    /// <summary>Waits until the child has ended and takes its status.</summary>
    /// <returns>Exit code, or 128 + signal; -1 when somebody else took the status.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken = default)
    {
        await _process.WaitAsync(cancellationToken).ConfigureAwait(false);
        int status = _process.Reap() ?? -1;
        s_unreaped.TryRemove(Pid, out _);
        return status;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static unsafe void AddDescriptors(ChildStart start, byte* actions, SafeFileHandle?[] lifted)
    {
        // Sources are first duplicated above all targets: a dup2 to a low number could otherwise overwrite a source that comes later.
        for (int target = 0; target < lifted.Length; target++)
        {
            if (start.Descriptors[target] is not { } source)
            {
                Check("posix_spawn_file_actions_addopen", ProcessCalls.posix_spawn_file_actions_addopen(actions, target, "/dev/null", ProcessCalls.O_RDWR, 0));
                continue;
            }

            int copy = ProcessCalls.fcntl(source, ProcessCalls.F_DUPFD_CLOEXEC, 64);
            if (copy < 0)
                throw LinuxException.Last("fcntl", "F_DUPFD_CLOEXEC");
            lifted[target] = ProcessCalls.Own(copy);
            Check("posix_spawn_file_actions_adddup2", ProcessCalls.posix_spawn_file_actions_adddup2(actions, copy, target));
        }

        Check("posix_spawn_file_actions_addclosefrom_np", ProcessCalls.posix_spawn_file_actions_addclosefrom_np(actions, lifted.Length));
    }

    private static void Check(string call, int error)
    {
        if (error != 0)
            throw new LinuxException(call, "", error < 0 ? Marshal.GetLastPInvokeError() : error);
    }

    /// <summary>A NULL-terminated vector of UTF-8 strings in native memory.</summary>
    private sealed unsafe class NativeStrings : IDisposable
    {
        private readonly int _count;

        public NativeStrings(IReadOnlyList<string> values)
        {
            _count = values.Count;
            Vector = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
            for (int i = 0; i < _count; i++)
            {
                if (values[i].Contains('\0', StringComparison.Ordinal))
                    throw new ArgumentException("a program's argument or variable holds a NUL character", nameof(values));
                int length = Encoding.UTF8.GetByteCount(values[i]);
                Vector[i] = (byte*)NativeMemory.Alloc((nuint)length + 1);
                Encoding.UTF8.GetBytes(values[i], new Span<byte>(Vector[i], length));
                Vector[i][length] = 0;
            }
        }

        public byte** Vector { get; }

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
                NativeMemory.Free(Vector[i]);
            NativeMemory.Free(Vector);
        }
    }
}
