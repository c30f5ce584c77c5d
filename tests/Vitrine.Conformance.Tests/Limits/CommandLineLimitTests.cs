using System.Text.Json;
using Vitrine.Conformance.Tests.Residue;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Limits;

/// <summary>What a user sees of a limit: the exit code, one sentence with a way out, the result in JSON, and the trail.</summary>
public abstract class CommandLineLimitTests(string runtime)
{
    public static TheoryData<string, string[], string[], int, string, string> Limits => new()
    {
        { "memory bomb", ["--memory", "96MiB"], Python(Bombs.FourHundredMebibytes), 123, "oom", "--memory" },
        { "fork bomb", ["--pids", "64"], Python(Bombs.Forks), 123, "pids", "--pids" },
        { "endless output", ["--output-limit", "1MiB"], ["/usr/bin/yes"], 123, "output-limit", "--output-limit" },
        { "busy loop", ["--timeout", "1s"], Python("while True: pass"), 124, "timeout", "--timeout" },
        { "sleep infinity", ["--timeout", "1s"], ["/bin/sleep", "infinity"], 124, "timeout", "--timeout" },
        { "idle sleep", ["--idle", "1s"], ["/bin/sleep", "infinity"], 124, "idle-timeout", "--idle" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Run_BeyondALimit_SaysSoInExitCodeMessageJsonAndTrail(string name, string[] options, string[] command, int exitCode, string reason, string wayOut)
    {
        Assert.NotEmpty(name);
        Assert.SkipUnless(HostPrograms.Find(runtime) is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        using var space = new TestSpace();
        HostResult plain = await VitrineAsync(space, ["run", .. options, "--", .. command]);
        Assert.True(plain.ExitCode == exitCode, plain.Error);
        Assert.Contains(plain.Error.Split('\n'), l => l.StartsWith($"vitrine: {reason}: ", StringComparison.Ordinal) && l.Contains(wayOut, StringComparison.Ordinal));

        HostResult json = await VitrineAsync(space, ["run", "--json", .. options, "--", .. command]);
        Assert.Equal(exitCode, json.ExitCode);
        using JsonDocument result = JsonDocument.Parse(json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal("result", result.RootElement.GetProperty("type").GetString());
        Assert.Equal(reason, result.RootElement.GetProperty("reason").GetString());

        HostResult trail = await VitrineAsync(space, ["audit", "show"]);
        Assert.Equal(2, trail.Output.Split('\n').Count(l => l.Contains("command.ended", StringComparison.Ordinal) && l.Contains($" {reason} ", StringComparison.Ordinal)));
        Assert.Equal(2, trail.Output.Split('\n').Count(l => l.Contains("limit.hit", StringComparison.Ordinal)));

        // The sandbox's own end is the last that is said of it.
        string[] lines = trail.Output.Split('\n');
        string[] kinds = [.. lines.Where(l => l.Contains("sandbox.destroyed", StringComparison.Ordinal) || l.Contains("command.ended", StringComparison.Ordinal))
            .Select(l => l.Contains("sandbox.destroyed", StringComparison.Ordinal) ? "destroyed" : "ended")];
        Assert.Equal(["ended", "destroyed", "ended", "destroyed"], kinds);
        HostResult verified = await VitrineAsync(space, ["audit", "verify"]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    [Fact]
    public async Task Run_WithinItsLimits_HasNoneOfIt()
    {
        Assert.SkipUnless(HostPrograms.Find(runtime) is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        using var space = new TestSpace();
        HostResult plain = await VitrineAsync(space, ["run", "--", .. Python("print(6 * 7)")]);
        Assert.True(plain is { ExitCode: 0, Output: "42\n", Error: "" }, plain.ToString());
        Assert.DoesNotContain("limit.hit", (await VitrineAsync(space, ["audit", "show"])).Output, StringComparison.Ordinal);
    }

    private static string[] Python(string text) => ["/usr/bin/python3", "-I", "-c", text];

    private Task<HostResult> VitrineAsync(TestSpace space, string[] arguments) =>
        HostCommand.RunAsync([HostPrograms.RequireCli(), .. arguments], CommandLineRun.EnvironmentOf(space, runtime));
}

public sealed class CrunCommandLineLimitTests() : CommandLineLimitTests("crun");

public sealed class RuncCommandLineLimitTests() : CommandLineLimitTests("runc");
