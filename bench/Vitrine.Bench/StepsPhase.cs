using System.Diagnostics;
using System.Security.Cryptography;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Bench;

/// <summary>Where a sandbox's time goes: the steps of one life, one after another.</summary>
internal static class StepsPhase
{
    private const int WarmUp = 10;

    public static async Task RunAsync(Workshop workshop, int rounds, Report report)
    {
        Samples made = new("runtime: make (mounts, crun create + start, checks)"), removed = new("runtime: remove");
        Samples created = new("engine: create (with handshake and audit)"), started = new("engine: start a command"), ended = new("engine: command's end");
        Samples destroyed = new("engine: destroy");
        await using (var engine = await SandboxEngine.OpenAsync(workshop.Options("steps", preparedHelpers: 0), CancellationToken.None))
        {
            for (var round = -WarmUp; round < rounds; round++)
            {
                if (round == 0)
                    System.Array.ForEach([created, started, ended, destroyed], samples => samples.Clear());
                var at = Stopwatch.GetTimestamp();
                await using var sandbox = await engine.CreateAsync(workshop.Plan, CancellationToken.None);
                at = created.Since(at);
                await using var command = await sandbox.StartAsync(new() { Arguments = ["/bin/true"] }, CancellationToken.None);
                at = started.Since(at);
                await command.Completion;
                at = ended.Since(at);
                await sandbox.DestroyAsync(EndReason.Exited);
                destroyed.Since(at);
            }
        }

        await RuntimeAsync(workshop, rounds, made, removed);
        report.Title("Steps of one life (ms)");
        report.Add("steps.make", made);
        report.Add("steps.remove", removed);
        report.Add("steps.create", created);
        report.Add("steps.start", started);
        report.Add("steps.end", ended);
        report.Add("steps.destroy", destroyed);
    }

    private static async Task RuntimeAsync(Workshop workshop, int rounds, Samples made, Samples removed)
    {
        var options = workshop.Options("runtime", preparedHelpers: 0);
        await using var runtime = await OciRuntime.OpenAsync(
            new()
            {
                RuntimePath = options.RuntimePath,
                GuestPath = options.GuestPath,
                StateDirectory = options.StateDirectory,
                CgroupName = options.CgroupName
            },
            CancellationToken.None);
        for (var round = -WarmUp; round < rounds; round++)
        {
            if (round == 0)
                System.Array.ForEach([made, removed], samples => samples.Clear());
            var at = Stopwatch.GetTimestamp();
            var sandbox = await runtime.CreateAsync(new(RandomNumberGenerator.GetHexString(20, lowercase: true), workshop.Plan),
                CancellationToken.None);
            at = made.Since(at);
            await sandbox.DisposeAsync();
            removed.Since(at);
        }
    }
}
