using Vitrine.Engine;
using Vitrine.Engine.Sessions;

namespace Vitrine.Bench;

/// <summary>
/// What idle sandboxes cost: pages that only their processes have, and what the kernel holds for them. The kernel's share is read twice, as
/// it grows while they are made and as it shrinks while they are destroyed, because the machine does other things too.
/// </summary>
internal static class IdlePhase
{
    public static async Task RunAsync(Workshop workshop, int count, byte preparedHelpers, Report report)
    {
        var key = $"idle.{preparedHelpers}";
        await using var engine = await SandboxEngine.OpenAsync(workshop.Options("idle" + preparedHelpers, preparedHelpers),
            CancellationToken.None);
        await (await engine.CreateAsync(workshop.Plan, CancellationToken.None)).DisposeAsync();

        var before = MemoryReading.OfKernel();
        var own = MemoryReading.OfThisProcess();
        List<Sandbox> sandboxes = [];
        for (var i = 0; i < count; i++)
            sandboxes.Add(await engine.CreateAsync(workshop.Plan, CancellationToken.None));
        await MemoryReading.SettleAsync();
        var during = MemoryReading.OfKernel();
        var host = (MemoryReading.OfThisProcess() - own) / count;
        var processes = sandboxes.Select(sandbox => MemoryReading.OfTree(sandbox.GuestPid)).ToList();
        await Task.WhenAll(sandboxes.Select(sandbox => sandbox.DisposeAsync().AsTask()));
        await MemoryReading.SettleAsync();
        var after = MemoryReading.OfKernel();

        var (grown, shrunk) = ((during - before) / count, (during - after) / count);
        var pages = processes.Average(process => process.PrivateKiB);
        var kernel = (grown + shrunk) / 2;
        report.Note($"\nIdle: {count} sandboxes, {preparedHelpers} prepared helper(s) each (MiB per sandbox)");
        report.Add(key + ".processes", "processes of a sandbox", processes.Average(process => process.Processes));
        report.Add(key + ".private", "private pages of all of them", pages / 1024);
        report.Add(key + ".kernel", $"kernel (grew by {grown / 1024:0.00}, shrank by {shrunk / 1024:0.00})", kernel / 1024);
        report.Add(key + ".total", "private pages and kernel", (pages + kernel) / 1024, preparedHelpers == 0 ? "≤ 2.0" : "≤ 2.8");
        report.Add(key + ".host", "besides: resident pages of the host process", host / 1024);
    }
}
