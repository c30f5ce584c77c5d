using System.Net.Sockets;
using Vitrine.Linux.Network;
using Vitrine.Linux.Processes;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests.Support;

/// <summary>The real guest as PID 1 of a crun container, at the other end of a socket.</summary>
internal sealed class Sandbox : IAsyncDisposable
{
    private readonly Bundle _bundle;
    private readonly ChildProcess _crun;
    private readonly FileStream _messages;
    private GuestConnection? _connection;

    private Sandbox(Bundle bundle, ChildProcess crun, Stream wire, FileStream messages)
    {
        _bundle = bundle;
        _crun = crun;
        _messages = messages;
        Wire = wire;
    }

    /// <summary>The raw bytes, for tests that speak badly; owned by the connection once there is one.</summary>
    public Stream Wire { get; }

    public GuestConnection Guest => _connection ?? throw new InvalidOperationException("no hello was said");

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a sandbox without a word on its wire.</summary>
    public static Sandbox StartSilent(SandboxOptions? options = null)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("NOT ROOT: these tests run the guest in a crun container with a user namespace");
        if (!File.Exists("/usr/bin/crun"))
            Assert.Skip("NO CRUN: apt-get install crun");
        var bundle = new Bundle(options ?? new SandboxOptions());
        (var ours, var theirs) = SocketPair.Create();
        var messages = new FileStream(Path.Combine(bundle.Directory, "stderr"), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        using (theirs)
        {
            var crun = ChildProcess.Start(new ChildStart
            {
                Path = "/usr/bin/crun",
                Arguments = ["crun", "run", "--bundle", bundle.Directory, bundle.Id],
                Environment = ["PATH=/usr/bin:/bin"],
                Descriptors = [theirs, theirs, messages.SafeFileHandle],
            });
            var socket = new Socket(new SafeSocketHandle(ours.DangerousGetHandle(), ownsHandle: true));
            ours.SetHandleAsInvalid();
            return new Sandbox(bundle, crun, new NetworkStream(socket, ownsSocket: true), messages);
        }
    }

    /// <summary>Starts a sandbox and says hello.</summary>
    public static async Task<Sandbox> StartAsync(SandboxOptions? options = null, GuestSetup? setup = null)
    {
        options ??= new SandboxOptions();
        Sandbox sandbox = StartSilent(options);
        try
        {
            if (options.WayOut)
                await sandbox.PrepareNetworkAsync();
            setup = (setup ?? new GuestSetup { PreparedHelpers = 1 }) with { SwitchesUser = options.SwitchesUser, HasWayOut = options.WayOut };
            var connection = new GuestConnectionOptions();
            if (options.Handler is not null)
                connection = connection with { RequestHandler = options.Handler };
            sandbox._connection = await GuestConnection.OpenAsync(sandbox.Wire, setup, connection, Token);
            return sandbox;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            string said = await sandbox.MessagesAsync();
            await sandbox.DisposeAsync();
            throw new InvalidOperationException($"{e.Message} [stderr: {said}]", e);
        }
    }

    /// <summary>What crun and the guest wrote on standard error.</summary>
    public async Task<string> MessagesAsync()
    {
        using var reader = new StreamReader(new FileStream(_messages.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync(Token);
    }

    /// <summary>Waits until PID 1 ended; its exit code.</summary>
    public Task<int> EndedAsync() => _crun.WaitAsync(Token);

    /// <summary>The host's pids of the sandbox's processes whose command line holds a word.</summary>
    public int[] HostPids(string commandLine)
    {
        string group = $"/sys/fs/cgroup/pids/{_bundle.Id}/cgroup.procs";
        return
        [
            .. File.ReadLines(group).Select(int.Parse)
                .Where(pid => File.ReadAllText($"/proc/{pid}/cmdline").Contains(commandLine, StringComparison.Ordinal)),
        ];
    }

    /// <summary>As the runtime does it between the guest's start and its hello, on a thread of its own.</summary>
    private async Task PrepareNetworkAsync()
    {
        int[] guest = [];
        while (guest.Length == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
            if (File.Exists($"/sys/fs/cgroup/pids/{_bundle.Id}/cgroup.procs"))
                guest = HostPids("/.vitrine/guest");
        }

        using var process = ProcessDescriptor.Open(guest[0]);
        await Task.Factory.StartNew(() => SandboxNetwork.Prepare(process, wayOut: true), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        await Wire.DisposeAsync();
        await _crun.WaitAsync(CancellationToken.None);
        _crun.Dispose();
        await _messages.DisposeAsync();
        ChildProcess delete = ChildProcess.Start(new ChildStart
        {
            Path = "/usr/bin/crun",
            Arguments = ["crun", "delete", "--force", _bundle.Id],
            Environment = ["PATH=/usr/bin:/bin"],
        });
        await delete.WaitAsync(CancellationToken.None);
        delete.Dispose();
        _bundle.Dispose();
    }
}
