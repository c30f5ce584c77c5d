using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>
/// A network namespace that a child of this process holds. The child waits on a pipe from here, so that the namespace, its links and whatever runs in it go
/// however this process ends; it has no name that could stay behind.
/// </summary>
internal sealed class NetworkHolder : IAsyncDisposable
{
    private const int CLONE_NEWNET = 0x40000000;
    private const int O_RDONLY_CLOEXEC = 0x80000;

    private readonly Process _holder;
    private readonly string[] _enter;

    private NetworkHolder(Process holder, int pid, string[] enter)
    {
        _holder = holder;
        Pid = pid;
        _enter = enter;
    }

    /// <summary>Process id, as this process sees it, of the one that lives in the namespace.</summary>
    public int Pid { get; }

    /// <summary>A namespace for the network alone: programs in it see the rest of the machine.</summary>
    public static async Task<NetworkHolder> StartAsync()
    {
        Process holder = await StartAsync(["--net"]);
        return new NetworkHolder(holder, holder.Id, [$"--net=/proc/{holder.Id}/ns/net"]);
    }

    /// <summary>Mounts and processes of its own, too: what is started in it is killed with it.</summary>
    public static async Task<NetworkHolder> StartContainedAsync()
    {
        Process holder = await StartAsync(["--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL"]);
        string child = await File.ReadAllTextAsync($"/proc/{holder.Id}/task/{holder.Id}/children");
        int pid = int.Parse(child, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        return new NetworkHolder(holder, pid, ["--target", child.Trim(), "--net", "--mount", "--pid"]);
    }

    /// <summary>The command that runs a program in it.</summary>
    public IReadOnlyList<string> Enter(params IEnumerable<string> command) => ["/usr/bin/nsenter", .. _enter, "--", .. command];

    /// <summary>Runs programs in it, one after the other, each of which must succeed.</summary>
    public async Task RunAllAsync(params IEnumerable<string> lines)
    {
        HostResult result = await HostCommand.RunAsync(Enter("/bin/sh", "-euxc", string.Join('\n', lines)));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Makes something on a thread that is in the namespace: a socket belongs to the namespace that its maker was in (network_namespaces(7)).</summary>
    public T Make<T>(Func<T> maker)
    {
        var made = new TaskCompletionSource<T>();
        var thread = new Thread(() =>
        {
            try
            {
                int descriptor = Open($"/proc/{Pid}/ns/net", O_RDONLY_CLOEXEC);
                if (descriptor < 0 || SetNamespace(descriptor, CLONE_NEWNET) < 0)
                    throw new InvalidOperationException($"setns({Pid}): errno {Marshal.GetLastPInvokeError()}");
                _ = Close(descriptor);
                made.SetResult(maker());
            }
            catch (Exception e) when (e is InvalidOperationException or SocketException)
            {
                made.SetException(e);
            }
        });
        thread.Start();
        thread.Join();
        return made.Task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// A TCP socket that listens in the namespace. Several may share a port: a connection goes to the one bound to its address, else to the one bound to
    /// any (SO_REUSEPORT, socket(7)).
    /// </summary>
    public Socket Listen(IPEndPoint end) => Make(() =>
    {
        const int SOL_SOCKET = 1;
        const int SO_REUSEPORT = 15;
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(SOL_SOCKET, SO_REUSEPORT, BitConverter.GetBytes(1));
        if (end.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = true;
        socket.Bind(end);
        socket.Listen(2048);
        return socket;
    });

    public async ValueTask DisposeAsync()
    {
        _holder.StandardInput.Close();
        if (!_holder.HasExited)
            await _holder.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        _holder.Dispose();
    }

    private static async Task<Process> StartAsync(IEnumerable<string> options)
    {
        Process holder = HostCommand.Start(["/usr/bin/unshare", .. options, "--", "/bin/sh", "-c", "echo ready; exec cat >/dev/null"]);
        string? ready = await holder.StandardOutput.ReadLineAsync();
        if (ready != "ready")
            throw new InvalidOperationException($"No namespace: {await holder.StandardError.ReadToEndAsync()}");
        return holder;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int descriptor, int kind);
}
