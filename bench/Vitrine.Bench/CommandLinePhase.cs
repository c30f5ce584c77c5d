using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Processes;

namespace Vitrine.Bench;

/// <summary>`./vitrine run -- true` as a person types it, built already: script, start of the program, one sandbox, its end.</summary>
internal static class CommandLinePhase
{
    private const int WarmUp = 3;

    private static readonly SafeFileHandle s_error = new(2, ownsHandle: false);

    public static async Task RunAsync(Workshop workshop, int rounds, Report report)
    {
        string script = Script();
        Samples run = new("./vitrine run -- true"), version = new("./vitrine version");
        for (var round = -WarmUp; round < rounds; round++)
        {
            if (round == 0)
                System.Array.ForEach([run, version], samples => samples.Clear());
            await TimeAsync(run, workshop, script, ["run", "--", "true"]);
            await TimeAsync(version, workshop, script, ["version"]);
        }

        report.Title("Command line (ms, wall time of the whole)");
        report.Add("cli.run", run);
        report.Add("cli.version", version);
        report.Add("cli.run-p50", "./vitrine run -- true, p50 in ms", run.Quantile(0.5), "< 300");
    }

    private static async Task TimeAsync(Samples samples, Workshop workshop, string script, string[] arguments)
    {
        var before = CpuClock.Read();
        var start = Stopwatch.GetTimestamp();
        using var child = ChildProcess.Start(new()
        {
            Path = script,
            Arguments = ["vitrine", .. arguments],
            Descriptors = [null, null, s_error],
            Environment =
            [
                "PATH=" + Environment.GetEnvironmentVariable("PATH"), "HOME=/root", "VITRINE_STATE_DIR=" + workshop.Directory + "/cli",
                "VITRINE_DATA_DIR=" + workshop.Directory + "/cli-data", "VITRINE_CGROUP=" + Workshop.ControlGroup,
            ],
        });
        if (await child.WaitAsync() is not 0 and var status)
            throw new InvalidOperationException($"{script} {string.Join(' ', arguments)} ended with {status}");
        samples.Since(start);
        samples.AddCpu(CpuClock.Read().Since(before));
    }

    private static string Script()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "vitrine")) && File.Exists(Path.Combine(at.FullName, "Vitrine.slnx")))
                return Path.Combine(at.FullName, "vitrine");
        }

        throw new InvalidOperationException("the script ./vitrine is not above this program; run bench/run from a clone");
    }
}
