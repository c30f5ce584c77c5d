using System.Text.Json;
using Vitrine.Linux.Processes;
using Vitrine.Protocol.Hosting;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>
/// An owner of sandboxes in a process of its own, so that it can be killed: this test program again, told to run <see cref="Hold"/> alone. Explicit
/// tests are left out of an ordinary run.
/// </summary>
public sealed class OwnerProcess
{
    private const string Variable = "VITRINE_TEST_OWNER";

    [Fact(Explicit = true)]
    public async Task Hold()
    {
        OciRuntimeOptions options = JsonSerializer.Deserialize<OciRuntimeOptions>(Environment.GetEnvironmentVariable(Variable)!)!;
        OciRuntime runtime = await OciRuntime.OpenAsync(options, TestHost.Token);
        var guests = new List<GuestConnection>();
        for (int i = 0; i < 4; i++)
        {
            IRuntimeSandbox sandbox = await runtime.CreateAsync(new RuntimeRequest(TestHost.NewId(), Plans.Default()), TestHost.Token);
            GuestConnection guest = await TestHost.ConnectAsync(sandbox);
            guests.Add(guest);
            await TestHost.StartAsync(guest, Plans.Default(), ["/bin/sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1000; done"]);

            // Every second one is paused: its guest cannot see the end of the wire.
            if (i % 2 == 0)
                continue;
            guest.Suspend();
            await sandbox.FreezeAsync(TestHost.Token);
        }

        await File.WriteAllTextAsync(options.StateDirectory + "/ready.tmp", $"{runtime.KeeperPid}", TestHost.Token);
        File.Move(options.StateDirectory + "/ready.tmp", options.StateDirectory + "/ready");
        await Task.Delay(Timeout.Infinite, TestHost.Token);
    }

    /// <summary>Starts an owner and waits until its sandboxes are there.</summary>
    internal static async Task<(ChildProcess Owner, int KeeperPid)> StartAsync(OciRuntimeOptions options)
    {
        Directory.CreateDirectory(options.StateDirectory);
        ChildProcess owner = ChildProcess.Start(new ChildStart
        {
            Path = Environment.ProcessPath!,
            Arguments = [Environment.ProcessPath!, "-method", $"{typeof(OwnerProcess).FullName}.{nameof(Hold)}", "-explicit", "only", "-noLogo"],
            Environment = [$"{Variable}={JsonSerializer.Serialize(options)}", .. Inherited()],
        });
        string ready = options.StateDirectory + "/ready";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHost.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!File.Exists(ready))
        {
            Assert.False(owner.Process.HasExited, "the owner process ended before its sandboxes were made");
            await Task.Delay(10, limit.Token);
        }

        int keeper = int.Parse(await File.ReadAllTextAsync(ready, TestHost.Token), System.Globalization.CultureInfo.InvariantCulture);
        File.Delete(ready);
        return (owner, keeper);
    }

    private static IEnumerable<string> Inherited() =>
        from System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables()
        where entry.Key is not Variable
        select $"{entry.Key}={entry.Value}";
}
