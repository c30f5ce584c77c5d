using System.Diagnostics;
using System.Security.Cryptography;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Residue;

/// <summary>kill -9 of each process that takes part, at random points of a run: nothing is left after five seconds (HARDENING 16, 17).</summary>
public abstract class SuddenDeathTests(string runtime, ITestOutputHelper output)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private static readonly string[] Script = ["/bin/sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo started; sleep 0.3"];

    public static TheoryData<string> Targets => ["cli", "runtime", "guest", "keeper", "runner"];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Kill_AtRandomPoints_LeavesNothing(string target)
    {
        Require();
        int points = TestMode.Count(normal: 4, full: 40);
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int hits = 0;
        for (int i = 0; i < points; i++)
        {
            using var space = new TestSpace();
            var residue = new HostResidue(space);
            await using CommandLineRun run = await CommandLineRun.StartAsync(space, runtime, ["run", "--", .. Script]);
            TimeSpan delay = TimeSpan.FromMilliseconds(random.NextDouble() * (target == "runtime" ? 5 : 400));
            if (await KillAsync(run, target, delay))
                hits++;
            bool ended = await run.EndsWithinAsync(Settling + TimeSpan.FromSeconds(target == "cli" ? 0 : 5));
            Assert.True(ended, $"{target} killed after {delay.TotalMilliseconds:F0} ms (seed {seed}): still there are {string.Join("; ", run.Descendants())}");
            IReadOnlyList<string> left = await Eventually.NothingAsync(() => residue.Find(withParentGroup: false), Settling);
            Assert.True(left.Count == 0, $"{target} killed after {delay.TotalMilliseconds:F0} ms (seed {seed}) left\n{string.Join('\n', left)}");
        }

        output.WriteLine($"{hits} of {points} kills met a living {target}");
        Assert.True(hits * 2 >= points, $"only {hits} of {points} kills met a living {target}");
    }

    [Fact]
    public async Task Kill_OfCommandLineAndKeeperTogether_IsMendedByTheNextRun()
    {
        Require();
        using var space = new TestSpace();
        var residue = new HostResidue(space);
        await using (CommandLineRun run = await CommandLineRun.StartAsync(space, runtime, ["run", "--", .. Script[..2], "sleep 600"]))
        {
            Assert.True(await Eventually.TrueAsync(() => run.Descendants().Any(d => d.Command == "sleep 600"), TimeSpan.FromSeconds(20)), "the command never started");
            int keeper = run.Descendants().First(d => IsTarget(run, d, "keeper")).Pid;
            CommandLineRun.Kill(keeper);
            CommandLineRun.Kill(run.Pid);

            // No guard is left but the wire's end: it must be enough for the processes.
            Assert.True(await run.EndsWithinAsync(Settling), string.Join("; ", run.Descendants()));
        }

        HostResult next = await HostCommand.RunAsync([HostPrograms.RequireCli(), "run", "--", "/bin/echo", "42"], CommandLineRun.EnvironmentOf(space, runtime));
        Assert.True(next is { ExitCode: 0, Output: "42\n" }, next.ToString());
        IReadOnlyList<string> left = await Eventually.NothingAsync(() => residue.Find(withParentGroup: true), Settling);
        Assert.True(left.Count == 0, string.Join('\n', left));
    }

    [Fact]
    public async Task Kill_OfFiftyCommandLines_SomePaused_LeavesNothing()
    {
        Require();
        using var space = new TestSpace();
        var residue = new HostResidue(space);
        CommandLineRun[] runs = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CommandLineRun.StartAsync(space, runtime, ["run", "--", "/bin/sleep", "600"])));
        try
        {
            Assert.True(
                await Eventually.TrueAsync(() => runs.All(r => r.Descendants().Any(d => d.Command == "/bin/sleep 600")), TimeSpan.FromMinutes(3)),
                $"only {runs.Count(r => r.Descendants().Any(d => d.Command == "/bin/sleep 600"))} of 50 came up");
            int paused = 0;
            foreach (string group in ControlGroups.Below(space.Name).Where(g => File.Exists(Path.Combine(g, "cgroup.freeze")) && Path.GetFileName(g) != space.Name).Where((_, i) => i % 5 == 0))
            {
                await File.WriteAllTextAsync(Path.Combine(group, "cgroup.freeze"), "1", TestContext.Current.CancellationToken);
                paused++;
            }

            foreach (string group in ControlGroups.Below(space.Name).Where(g => File.Exists(Path.Combine(g, "freezer.state")) && Path.GetFileName(g) != space.Name).Where((_, i) => i % 5 == 1))
            {
                await File.WriteAllTextAsync(Path.Combine(group, "freezer.state"), "FROZEN", TestContext.Current.CancellationToken);
                paused++;
            }

            Assert.True(paused >= 5, $"only {paused} sandboxes could be paused");
            foreach (CommandLineRun run in runs)
                CommandLineRun.Kill(run.Pid);
            long began = Stopwatch.GetTimestamp();
            bool[] ended = await Task.WhenAll(runs.Select(r => r.EndsWithinAsync(Settling)));
            output.WriteLine($"all ended after {Stopwatch.GetElapsedTime(began).TotalSeconds:F2} s, {paused} of them paused");
            Assert.True(ended.All(e => e), $"{ended.Count(e => !e)} of 50 left processes: {string.Join("; ", runs.Where(r => !r.HasEnded).Take(3).SelectMany(r => r.Descendants()))}");
            IReadOnlyList<string> left = await Eventually.NothingAsync(() => residue.Find(withParentGroup: false), Settling);
            Assert.True(left.Count == 0, string.Join('\n', left.Take(20)));
        }
        finally
        {
            foreach (CommandLineRun run in runs)
                await run.DisposeAsync();
        }
    }

    private void Require()
    {
        TestMode.RequireRoot();
        Assert.SkipUnless(HostPrograms.Find(runtime) is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        _ = HostPrograms.RequireCli();
    }

    /// <summary>Waits for the delay, then for a target to be alive, and kills it; false when the run ended first.</summary>
    private async Task<bool> KillAsync(CommandLineRun run, string target, TimeSpan delay)
    {
        long began = Stopwatch.GetTimestamp();
        while (!run.HasEnded && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20))
        {
            (int pid, string? command) = run.Descendants().FirstOrDefault(d => IsTarget(run, d, target));
            // A runtime lives for milliseconds: it is met by looking all the time, and the delay counts from there.
            if (pid != 0 && command is not null && (target == "runtime" || Stopwatch.GetElapsedTime(began) >= delay))
            {
                if (target == "runtime")
                    await Task.Delay(delay, TestContext.Current.CancellationToken);
                return CommandLineRun.Kill(pid);
            }

            if (target != "runtime")
                await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return false;
    }

    private bool IsTarget(CommandLineRun run, (int Pid, string Command) process, string target) => target switch
    {
        "cli" => process.Pid == run.Pid,
        "runtime" => Path.GetFileName(process.Command.Split(' ')[0]) == runtime,
        "keeper" => process.Command.StartsWith("vitrine-guest keeper", StringComparison.Ordinal),
        "runner" => process.Command.Contains("guest runner", StringComparison.Ordinal),
        "guest" => process.Command.Contains("guest", StringComparison.Ordinal) && InnerPid(process.Pid) == "1",
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    /// <summary>The process id in its innermost namespace (NSpid of proc_pid_status(5)).</summary>
    private static string InnerPid(int pid)
    {
        try
        {
            string[] ids = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("NSpid:", StringComparison.Ordinal)).Split('\t');
            return ids.Length > 2 ? ids[^1] : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

public sealed class CrunSuddenDeathTests(ITestOutputHelper output) : SuddenDeathTests("crun", output);

public sealed class RuncSuddenDeathTests(ITestOutputHelper output) : SuddenDeathTests("runc", output);
