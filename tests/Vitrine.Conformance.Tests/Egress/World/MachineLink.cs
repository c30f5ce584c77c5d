using System.Globalization;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>
/// A link from the machine's own network to the outside, for tests whose gateway is in the test process itself. Only 11.7.0.0/24 is routed over it, and is a
/// black hole on the machine as long as the link is there, so that nothing of it can take the way to the real network. One test process at a time has it.
/// </summary>
internal sealed class MachineLink : IAsyncDisposable
{
    /// <summary>The machine's address on the link.</summary>
    public const string MachineAddress = "11.7.2.2";

    private const string Hole = "blackhole 11.7.0.0/24 metric 4000000";

    private readonly FileStream _lock;
    private readonly string _name;

    private MachineLink(FileStream held, string name)
    {
        _lock = held;
        _name = name;
    }

    public static async Task<MachineLink> StartAsync(NetworkHolder outside)
    {
        FileStream held = await LockAsync();
        string name = string.Create(CultureInfo.InvariantCulture, $"vto{Environment.ProcessId}");
        var link = new MachineLink(held, name);
        // Leftovers of a process that was killed: its link went with its namespace, the black hole did not.
        await RunAsync($"ip route replace {Hole}", $"ip link add {name} type veth peer name mach0 netns {outside.Pid}",
            $"ip addr add {MachineAddress}/30 dev {name}", $"ip link set {name} up");
        await outside.RunAllAsync("ip addr add 11.7.2.1/30 dev mach0", "ip link set mach0 up", $"ip route add {MachineAddress}/32 dev mach0 table local");
        await RunAsync($"ip route add 11.7.0.0/24 via 11.7.2.1 dev {name}");
        return link;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync($"ip link del {_name}", $"ip route del {Hole}");
        await _lock.DisposeAsync();
    }

    private static async Task<FileStream> LockAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            try
            {
                return new FileStream("/run/lock/vitrine-test-outside", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
            }
        }
    }

    private static async Task RunAsync(params IEnumerable<string> lines)
    {
        HostResult result = await HostCommand.RunAsync(["/bin/sh", "-euxc", string.Join('\n', lines)]);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
