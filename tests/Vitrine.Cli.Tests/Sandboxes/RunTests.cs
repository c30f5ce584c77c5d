using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Sandboxes;

/// <summary>`vitrine run` as a user meets it, on a real runtime.</summary>
public sealed class RunTests
{
    public RunTests() => Host.MustMakeSandboxes();

    [Theory]
    [InlineData(0, "true")]
    [InlineData(7, "exit 7")]
    [InlineData(255, "exit 255")]
    [InlineData(137, "kill -9 $$")]
    [InlineData(143, "kill -TERM $$")]
    public async Task ExitCode_IsTheCommands(int expected, string script)
    {
        CliResult result = await Process.Cli.RunAsync("run", "--", "sh", "-c", script);
        Assert.True(result.ExitCode == expected && result.Error.Length == 0, result.ToString());
    }

    [Theory]
    [InlineData(127, "was not found in the sandbox", "no-such-program")]
    [InlineData(126, "cannot be run in the sandbox", "/etc/passwd")]
    [InlineData(126, "cannot be run in the sandbox", "/usr")]
    public async Task Command_ThatCannotRun_IsOneSentence(int expected, string sentence, string program)
    {
        CliResult result = await Process.Cli.RunAsync("run", "--", program);
        Assert.True(result.ExitCode == expected, result.ToString());
        Assert.StartsWith($"vitrine: `{program}` {sentence}", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Streams_StayApart_AndBytesPassExactly()
    {
        byte[] input = new byte[300_000];
        new Random(1).NextBytes(input);
        CliResult result = await Process.Cli.RunAsync(new CliRun("run", "--", "sh", "-c", "cat; echo to-error >&2") { Input = input });
        Assert.Equal(0, result.ExitCode);
        Assert.True(input.AsSpan().SequenceEqual(result.OutputBytes), $"{result.OutputBytes.Length} of {input.Length} bytes");
        Assert.Equal("to-error\n", result.Error);
    }

    [Fact]
    public async Task Environment_OnlyWhatIsNamed()
    {
        CliResult result = await Process.Cli.RunAsync(new CliRun("run", "--env", "GIVEN=a b", "--env", "PASSED", "--", "env")
        {
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PASSED"] = "yes", ["SECRET_OF_THE_HOST"] = "no" },
        });
        Assert.Contains("GIVEN=a b", result.Lines(), StringComparer.Ordinal);
        Assert.Contains("PASSED=yes", result.Lines(), StringComparer.Ordinal);
        Assert.DoesNotContain("SECRET_OF_THE_HOST", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("VITRINE_", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mounts_ReadOnlyUnlessAskedFor()
    {
        string data = TestState.NewDirectory(), output = TestState.NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(data, "in"), "from the host", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(output, (UnixFileMode)0b111_111_111);
        const string script = "cat /data/in > /out/copy && ! sh -c 'echo x > /data/in' 2>/dev/null && ls /out";
        CliResult result = await Process.Cli.RunAsync("run", "--mount", data + ":/data", "--mount", output + ":/out:rw,owner=root", "--",
            "sh", "-c", script);
        Assert.True(result.ExitCode == 0 && result.Output == "copy\n", result.ToString());
        Assert.Equal("from the host", await File.ReadAllTextAsync(Path.Combine(output, "copy"), TestContext.Current.CancellationToken));
        Assert.Equal("from the host", await File.ReadAllTextAsync(Path.Combine(data, "in"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WorkdirAndUser_AreTaken()
    {
        CliResult result = await Process.Cli.RunAsync("run", "--workdir", "/tmp", "--user", "root", "--", "sh", "-c", "pwd; id -u");
        Assert.True(result.Output == "/tmp\n0\n", result.ToString());
    }

    [Theory]
    [InlineData(124, "timeout: ", "limits.wall-clock; --timeout raises it", "--timeout", "1s", "sleep 60")]
    [InlineData(124, "idle-timeout: ", "limits.idle; --idle raises it", "--idle", "1s", "sleep 60")]
    [InlineData(123, "oom: ", "limits.memory; --memory raises it", "--memory", "64MiB", "head -c 300M /dev/zero | tail -c 300M >/dev/null")]
    [InlineData(123, "output-limit: ", "limits.output", "--output-limit", "16KiB", "yes")]
    public async Task Limit_EndsTheRunWithItsReason(int expected, string reason, string remedy, string option, string value, string script)
    {
        CliResult result = await Process.Cli.RunAsync("run", option, value, "--", "sh", "-c", script);
        Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Error}");
        Assert.Contains("vitrine: " + reason, result.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, result.Error, StringComparison.Ordinal);
    }

    /// <summary>A command that fills the memory at once can be over before its start is known: its kill was then not counted.</summary>
    [Fact]
    public async Task Memory_FullAtOnce_IsAlwaysToldFromAKill()
    {
        string[] arguments = ["run", "--memory", "64MiB", "--", "sh", "-c", "head -c 300M /dev/zero | tail -c 300M >/dev/null"];
        for (int i = 0; i < 25; i++)
        {
            CliResult result = await Process.Cli.RunAsync(arguments);
            Assert.True(result.ExitCode == 123, $"run {i}: {result}");
        }
    }

    [Fact]
    public async Task Quiet_SaysNothingOfItsOwn_AndVerboseSaysTheLayers()
    {
        CliResult quiet = await Process.Cli.RunAsync("run", "-q", "--", "false");
        Assert.True(quiet.ExitCode == 1 && quiet.Error.Length == 0, quiet.ToString());
        CliResult verbose = await Process.Cli.RunAsync("run", "-v", "--", "true");
        Assert.Matches("user-namespace +enforced", verbose.Error);
        Assert.Matches("seccomp +enforced", verbose.Error);
    }

    [Fact]
    public async Task DebugPolicy_IsMarkedEvenWhenQuiet()
    {
        string file = Path.Combine(TestState.NewDirectory(), "debug.yaml");
        string until = TimeProvider.System.GetUtcNow().AddHours(1)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(file, $"name: dbg\ndebug: {{until: {until}, reason: test}}\n", TestContext.Current.CancellationToken);
        CliResult result = await Process.Cli.RunAsync("run", "-q", "-p", file, "--", "true");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("DEBUG policy dbg", result.Error, StringComparison.Ordinal);
        CliResult json = await Process.Cli.RunAsync("run", "--json", "-p", file, "--", "true");
        Assert.Equal(2, json.Lines().Count(static l => l.Contains("\"debugUntil\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Runtime_ThatIsNoRuntime_IsAFailureOfOurs()
    {
        CliResult result = await Process.Cli.RunAsync("run", "--runtime", "/bin/false", "--", "true");
        Assert.True(result.ExitCode == 125, result.ToString());
        Assert.StartsWith("vitrine: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("/bin/false", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_IsOnRecord()
    {
        _ = await Process.Cli.RunAsync("run", "--mount", "/:/refusal-on-record", "--", "true");
        CliResult trail =
            await Process.Cli.RunAsync("audit", "show", "--type", "refused", "--directory", Path.Combine(TestState.DataDirectory, "audit"));
        Assert.Contains("mount-system", trail.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TenAtOnce_AllWork_AndTheTrailIsWhole()
    {
        CliResult[] results =
            await Task.WhenAll(Enumerable.Range(0, 10).Select(static i => Process.Cli.RunAsync("run", "--", "echo", $"{i}")));
        Assert.Equal("0 1 2 3 4 5 6 7 8 9", string.Join(' ', results.Select(static r => r.Output.Trim())));
        CliResult verify = await Process.Cli.RunAsync("audit", "verify", Path.Combine(TestState.DataDirectory, "audit"));
        Assert.True(verify.ExitCode == 0, verify.ToString());
    }
}
