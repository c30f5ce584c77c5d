using System.Diagnostics;
using Vitrine.Engine;

namespace Vitrine.Bench;

/// <summary>
/// Commands in a sandbox that stands open, with one helper prepared: one per 10 ms as an agent would at most, and back to back.
/// </summary>
internal static class ExecPhase
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(Workshop workshop, int rounds, Report report)
    {
        await using var engine = await SandboxEngine.OpenAsync(workshop.Options("exec", preparedHelpers: 1), CancellationToken.None);
        await using var sandbox = await engine.CreateAsync(workshop.Plan, CancellationToken.None);
        Samples paced = new("vitrine, one command per 10 ms"), back = new("vitrine, back to back"), host = new("the host itself, no isolation, per 10 ms");
        for (var i = 0; i < 50; i++)
        {
            await Commands.RunTrueAsync(sandbox);
            await BareRuntime.RunProcessAsync();
        }

        using PeriodicTimer timer = new(s_pause);
        for (var i = 0; i < rounds; i++)
        {
            await timer.WaitForNextTickAsync();
            await TimeAsync(paced, () => Commands.RunTrueAsync(sandbox));
            await timer.WaitForNextTickAsync();
            await TimeAsync(host, BareRuntime.RunProcessAsync);
        }

        for (var i = 0; i < rounds; i++)
            await TimeAsync(back, () => Commands.RunTrueAsync(sandbox));

        report.Title("Exec: /bin/true in an open sandbox (ms)");
        report.Add("exec.paced", paced);
        report.Add("exec.back-to-back", back);
        report.Add("exec.host", host);
        report.Add("exec.paced-p50", "p50 at one per 10 ms", paced.Quantile(0.5), "≤ 0.5");
        report.Add("exec.back-to-back-p50", "p50 back to back", back.Quantile(0.5), "≤ 1.5");
    }

    private static async Task TimeAsync(Samples samples, Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        samples.Since(start);
    }
}
