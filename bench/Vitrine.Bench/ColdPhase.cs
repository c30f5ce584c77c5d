using System.Diagnostics;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Bench;

/// <summary>
/// From nothing to the first result and back to nothing, each contender in each round, in an order that turns, so that what else the
/// machine does falls on all alike.
/// </summary>
internal static class ColdPhase
{
    private const int WarmUp = 20;

    public static async Task RunAsync(Workshop workshop, int rounds, Report report)
    {
        var allowList = SeccompJson.AllowList(new() { Architecture = CpuArchitecture.X64 });
        var bare = new BareRuntime(BareRuntime.Crun, Path.Combine(workshop.Directory, "crun"));
        string Bundle(BareFilter filter) => BareBundle.Write(workshop.Directory, workshop.Plan, filter, allowList);
        var (profile, compiled, none) = (Bundle(BareFilter.Profile), Bundle(BareFilter.Compiled), Bundle(BareFilter.None));
        await using var engine = await SandboxEngine.OpenAsync(workshop.Options("cold", preparedHelpers: 0), CancellationToken.None);

        Samples bareProfile = new("crun run, allow-list as JSON"), bareCompiled = new("crun run, allow-list compiled"), bareNone = new("crun run, no seccomp");
        Samples result = new("vitrine, create to first result"), whole = new("vitrine, create to destroyed"), destroy = new("  of which destroy");
        (Func<Task>, Samples)[] contenders =
        [
            (() => TimeAsync(bareProfile, () => bare.RunAsync(profile)), bareProfile),
            (() => TimeAsync(bareCompiled, () => bare.RunAsync(compiled)), bareCompiled),
            (() => TimeAsync(bareNone, () => bare.RunAsync(none)), bareNone),
            (() => SandboxAsync(engine, workshop, result, destroy, whole), whole),
        ];
        for (var round = -WarmUp; round < rounds; round++)
        {
            if (round == 0)
                System.Array.ForEach([bareProfile, bareCompiled, bareNone, result, whole, destroy], samples => samples.Clear());
            for (var i = 0; i < contenders.Length; i++)
            {
                var (contender, samples) = contenders[(i + round + WarmUp) % contenders.Length];
                var before = CpuClock.Read();
                await contender();
                samples.AddCpu(CpuClock.Read().Since(before));
            }
        }

        report.Title("Cold: /bin/true in a new sandbox (ms, destroy included)");
        report.Add("cold.crun-profile", bareProfile);
        report.Add("cold.crun-compiled", bareCompiled);
        report.Add("cold.crun-bare", bareNone);
        report.Add("cold.vitrine", whole);
        report.Add("cold.vitrine-result", result);
        report.Add("cold.vitrine-destroy", destroy);
        report.Add("cold.ratio-profile", "create → destroyed, as a share of crun with the JSON profile",
            whole.Quantile(0.5) / bareProfile.Quantile(0.5), "< 0.4");
        report.Add("cold.ratio-bare", "create → destroyed, as a multiple of crun without seccomp",
            whole.Quantile(0.5) / bareNone.Quantile(0.5), "≤ 1.5");
        report.Add("cold.ratio-cpu-profile", "CPU time, as a share of crun with the JSON profile",
            whole.MeanCpu.Total / bareProfile.MeanCpu.Total);
        report.Add("cold.ratio-cpu-bare", "CPU time, as a multiple of crun without seccomp", whole.MeanCpu.Total / bareNone.MeanCpu.Total);
        report.Add("cold.ratio-result-profile", "create → first result, as a share of crun with the profile",
            result.Quantile(0.5) / bareProfile.Quantile(0.5));
        report.Add("cold.ratio-result-bare", "create → first result, as a multiple of crun without",
            result.Quantile(0.5) / bareNone.Quantile(0.5));
        if (BareRuntime.Runc is { } runc)
            await RuncAsync(workshop, runc, rounds, profile, report);
        else
            report.Note("runc is not installed: no ratio to it");
    }

    private static async Task RuncAsync(Workshop workshop, string runc, int rounds, string profile, Report report)
    {
        var bare = new BareRuntime(runc, Path.Combine(workshop.Directory, "runc"));
        await using var engine = await SandboxEngine.OpenAsync(workshop.Options("cold-runc", preparedHelpers: 0, runc), CancellationToken.None);
        Samples bareProfile = new("runc run, allow-list as JSON"), result = new("vitrine on runc, create to first result");
        Samples whole = new("vitrine on runc, create to destroyed"), destroy = new("  of which destroy");
        for (var round = -WarmUp; round < rounds; round++)
        {
            if (round == 0)
                System.Array.ForEach([bareProfile, result, whole, destroy], samples => samples.Clear());
            await TimeAsync(bareProfile, () => bare.RunAsync(profile));
            await SandboxAsync(engine, workshop, result, destroy, whole);
        }

        report.Title("Cold, on runc (ms, destroy included)");
        report.Add("cold-runc.bare", bareProfile);
        report.Add("cold-runc.vitrine", whole);
        report.Add("cold-runc.vitrine-result", result);
        report.Add("cold-runc.vitrine-destroy", destroy);
        report.Add("cold-runc.ratio", "create → destroyed, as a share of runc with the JSON profile", whole.Quantile(0.5) / bareProfile.Quantile(0.5));
    }

    private static async Task TimeAsync(Samples samples, Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        samples.Since(start);
    }

    private static async Task SandboxAsync(SandboxEngine engine, Workshop workshop, Samples result, Samples destroy, Samples whole)
    {
        var start = Stopwatch.GetTimestamp();
        var sandbox = await engine.CreateAsync(workshop.Plan, CancellationToken.None);
        await Commands.RunTrueAsync(sandbox);
        var answered = result.Since(start);
        await sandbox.DestroyAsync(EndReason.Exited);
        destroy.Since(answered);
        whole.Since(start);
        await sandbox.DisposeAsync();
    }
}
