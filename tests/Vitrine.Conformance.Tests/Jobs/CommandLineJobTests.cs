using Vitrine.Conformance.Tests.Residue;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Jobs;

/// <summary>Real work by the command line, as a user would type it.</summary>
public abstract class CommandLineJobTests(string runtime)
{
    private static readonly string Programs = Path.Combine(AppContext.BaseDirectory, "Jobs", "Programs");

    [Fact]
    public async Task Run_OfACompiler_OverAWritableWorkspace_LeavesAProgramThatRunsInside()
    {
        TestMode.RequireRoot();
        Assert.SkipUnless(HostPrograms.Find("gcc") is not null, "SKIPPED: gcc is not installed; `apt install gcc libc6-dev`.");
        Assert.SkipUnless(HostPrograms.Find(runtime) is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        using var space = new TestSpace();
        string source = space.MakeDirectory("source");
        string build = space.MakeDirectory("build");
        File.Copy(Path.Combine(Programs, "sieve.c"), Path.Combine(source, "sieve.c"));
        Assert.Equal(0, (await HostCommand.RunAsync(["/usr/bin/chown", "65534:65534", build])).ExitCode);
        string[] mounts = ["--mount", source + ":/source", "--mount", build + ":/build:rw,exec"];

        HostResult compiled = await VitrineAsync(space, ["run", .. mounts, "--", "gcc", "-O2", "-pthread", "-o", "/build/sieve", "/source/sieve.c"]);
        Assert.True(compiled is { ExitCode: 0, Output: "" }, compiled.ToString());
        Assert.True(File.Exists(Path.Combine(build, "sieve")));
        HostResult run = await VitrineAsync(space, ["run", .. mounts, "--", "/build/sieve", "1000000"]);
        Assert.True(run is { ExitCode: 0, Output: "78498 primes below 1000000\n" }, run.ToString());

        // Without `exec` the same mount runs nothing: 126, command found but not runnable.
        HostResult refused = await VitrineAsync(space, ["run", "--mount", build + ":/build", "--", "/build/sieve"]);
        Assert.Equal(126, refused.ExitCode);
    }

    [Fact]
    public async Task Run_OfAPipeline_PassesInputOutputAndExitCode()
    {
        Assert.SkipUnless(HostPrograms.Find(runtime) is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        using var space = new TestSpace();
        using System.Diagnostics.Process process = HostCommand.Start(
            [HostPrograms.RequireCli(), "run", "--", "/bin/sh", "-c", "sort -n | tail -1; echo oops >&2; exit 7"], CommandLineRun.EnvironmentOf(space, runtime));
        for (int i = 0; i < 10_000; i++)
            await process.StandardInput.WriteLineAsync((i * 7919 % 10_007).ToString(System.Globalization.CultureInfo.InvariantCulture));
        process.StandardInput.Close();
        Assert.Equal("10006\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("oops\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, process.ExitCode);
    }

    private Task<HostResult> VitrineAsync(TestSpace space, string[] arguments) =>
        HostCommand.RunAsync([HostPrograms.RequireCli(), .. arguments], CommandLineRun.EnvironmentOf(space, runtime));
}

public sealed class CrunCommandLineJobTests() : CommandLineJobTests("crun");

public sealed class RuncCommandLineJobTests() : CommandLineJobTests("runc");
