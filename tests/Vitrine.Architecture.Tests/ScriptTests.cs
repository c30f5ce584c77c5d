using System.Diagnostics;

namespace Vitrine.Architecture.Tests;

/// <summary>The scripts at the root: sound, executable, and strict about what the tests said.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly string results = Directory.CreateTempSubdirectory("vitrine-summary-test-").FullName;

    public void Dispose() => Directory.Delete(results, recursive: true);

    [Theory]
    [InlineData("vitrine")]
    [InlineData("test")]
    [InlineData(".ci/run")]
    [InlineData("eng/setup")]
    [InlineData("eng/residue")]
    [InlineData("eng/check-guest-pack")]
    public void Script_Every_ParsesAndMayBeExecuted(string script)
    {
        string path = Path.Combine(Repository.Root, script);
        Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal((0, ""), Run("bash", "-n", path));
    }

    [Fact]
    public void Summary_AllPassed_IsOneLineAndSucceeds() =>
        Assert.Equal((0, "2 passed, 0 failed\n"), Summarize(Test("Pass") + Test("Pass")));

    [Fact]
    public void Summary_OneFailed_FailsAndNamesIt()
    {
        (int code, string output) = Summarize(Test("Pass") + Test("Fail"));
        Assert.NotEqual(0, code);
        Assert.EndsWith("1 passed, 1 failed\n", output, StringComparison.Ordinal);
        Assert.Contains("failed: A.B.C", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_SkipNobodyExpected_Fails()
    {
        (int code, string output) = Summarize(Test("Pass") + Test("Skip"));
        Assert.NotEqual(0, code);
        Assert.EndsWith("1 passed, 1 failed, 1 skipped\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_SkipExpected_Passes()
    {
        (int code, string output) = Summarize(Test("Pass") + Test("Skip"), skips: "A.B.* # this host cannot\n");
        Assert.Equal(0, code);
        Assert.EndsWith("1 passed, 0 failed, 1 skipped\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_ExpectedSkipWithoutReason_Fails() => Assert.NotEqual(0, Summarize(Test("Pass"), skips: "A.B.*\n").Code);

    [Theory]
    [InlineData("", "")]
    [InlineData("<broken", "")]
    [InlineData(null, "residue\n")]
    public void Summary_NothingRanOrAStepFailed_Fails(string? xml, string faults) =>
        Assert.NotEqual(0, Summarize(xml ?? Test("Pass"), faults: faults).Code);

    /// <summary>The least of many runs of each, in turn: what other programs on the machine take is in the rest, not in the least.</summary>
    [Fact]
    public void Vitrine_OnceBuilt_AddsLessThanTenMilliseconds()
    {
        string script = Path.Combine(Repository.Root, "vitrine");
        string program = Path.Combine(Repository.Root, "artifacts", "publish", "Vitrine.Cli", "release", "vitrine");
        Assert.Equal(0, Run(script, "version").Code);
        TimeSpan direct = TimeSpan.MaxValue;
        TimeSpan through = TimeSpan.MaxValue;
        for (int i = 0; i < 40; i++)
        {
            direct = Least(direct, program);
            through = Least(through, script);
        }

        TestContext.Current.SendDiagnosticMessage($"direct {direct.TotalMilliseconds:F1} ms, through the script {through.TotalMilliseconds:F1} ms");
        Assert.InRange((through - direct).TotalMilliseconds, -1000, 10);
    }

    [Fact]
    public void Vitrine_ThroughALinkFromAnotherDirectory_RunsThereWithItsArguments()
    {
        string link = Path.Combine(results, "v");
        File.CreateSymbolicLink(link, Path.Combine(Repository.Root, "vitrine"));
        (int code, string output) = Run("sh", "-c", $"cd {results} && ./v version --json");
        Assert.Equal(0, code);
        Assert.StartsWith("{", output, StringComparison.Ordinal);
    }

    private static TimeSpan Least(TimeSpan soFar, string program)
    {
        long start = Stopwatch.GetTimestamp();
        Run(program, "version");
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        return took < soFar ? took : soFar;
    }

    private static string Test(string result) => $"""<test name="A.B.C" type="A.B" method="C" result="{result}"><reason>why</reason></test>""";

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private (int Code, string Output) Summarize(string tests, string skips = "", string faults = "")
    {
        File.WriteAllText(Path.Combine(results, "faults"), faults);
        File.WriteAllText(Path.Combine(results, "skips.txt"), skips);
        File.WriteAllText(Path.Combine(results, "X.xml"), $"<assemblies><assembly><collection>{tests}</collection></assembly></assemblies>");
        return Run("python3", Path.Combine(Repository.Root, "eng", "summary.py"), results, Path.Combine(results, "skips.txt"));
    }
}
