using System.Text.Json;
using Vitrine.Audit;
using Vitrine.Audit.Events;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Trail;

public sealed class AuditCommandTests
{
    [Fact]
    public async Task Show_HostileArguments_ReachTheTerminalAsText()
    {
        string directory = await WriteAsync("\e]0;owned\a", "a\nb", "it's");
        CliResult result = await Process.Cli.RunAsync("audit", "show", "--directory", directory);
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains(@"user /workspace$ '\e]0;owned\u0007' 'a\nb' 'it'\''s'", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Filters_Choose()
    {
        string directory = await WriteAsync("true");
        Assert.Single((await ShowAsync(directory, "--type", "command.started")).Lines());
        Assert.Equal(2, (await ShowAsync(directory, "--type", "command")).Lines().Length);
        Assert.Equal(2, (await ShowAsync(directory, "box1")).Lines().Length);
        Assert.Empty((await ShowAsync(directory, "other")).Lines());
        Assert.Equal("writer.closed", JsonDocument.Parse(
            Assert.Single((await ShowAsync(directory, "--last", "1", "--json")).Lines())).RootElement.GetProperty("type").GetString());
        Assert.Empty((await ShowAsync(directory, "--since", "2999-01-01")).Lines());
        Assert.NotEmpty((await ShowAsync(directory, "--since", "1h")).Lines());
    }

    [Theory]
    [InlineData("--since", "soon")]
    [InlineData("--last", "0")]
    public async Task Show_WrongOption_Exits125(string option, string value)
    {
        CliResult result = await ShowAsync(TestState.NewDirectory(), option, value);
        Assert.Equal(125, result.ExitCode);
        Assert.StartsWith($"vitrine: {option} {value} ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_UntouchedTrail_IsWhole_AndAnEditedOneIsNot()
    {
        string directory = await WriteAsync("curl", "evil.example");
        CliResult whole = await Process.Cli.RunAsync("audit", "verify", directory, "--head");
        Assert.True(whole.ExitCode == 0, whole.ToString());

        string chain = Path.Combine(directory, "test.jsonl");
        string text = await File.ReadAllTextAsync(chain, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(chain, text.Replace("evil.example", "good.example", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        CliResult edited = await Process.Cli.RunAsync("audit", "verify", directory);
        Assert.Equal(1, edited.ExitCode);
        Assert.Contains("NOT whole", edited.Output, StringComparison.Ordinal);

        CliResult json = await Process.Cli.RunAsync("audit", "verify", directory, "--json");
        using JsonDocument report = JsonDocument.Parse(json.Output);
        Assert.Equal(1, json.ExitCode);
        Assert.False(report.RootElement.GetProperty("intact").GetBoolean());
        Assert.NotEmpty(report.RootElement.GetProperty("findings").EnumerateArray());
    }

    [Fact]
    public async Task Verify_EndCutOff_IsFoundWithHead()
    {
        string directory = await WriteAsync("true");
        string chain = Path.Combine(directory, "test.jsonl");
        string[] lines = await File.ReadAllLinesAsync(chain, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(chain, string.Join('\n', lines[..^1]) + "\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await Process.Cli.RunAsync("audit", "verify", directory)).ExitCode);
        Assert.Equal(1, (await Process.Cli.RunAsync("audit", "verify", directory, "--head")).ExitCode);
    }

    [Fact]
    public async Task Verify_NothingThere_SaysWhatToName()
    {
        CliResult result = await Process.Cli.RunAsync("audit", "verify", "/nonexistent");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("There is no audit trail at /nonexistent.", result.Error, StringComparison.Ordinal);
    }

    private static Task<CliResult> ShowAsync(string directory, params string[] arguments) =>
        Process.Cli.RunAsync(["audit", "show", "--directory", directory, .. arguments]);

    private static async Task<string> WriteAsync(params string[] argv)
    {
        string directory = TestState.NewDirectory();
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using AuditWriter writer = AuditWriter.Open(directory, "test", TimeProvider.System);
        await writer.WriteAsync(Event(new CommandStarted { Argv = argv, Cwd = "/workspace", User = "user" }),
            TestContext.Current.CancellationToken);
        await writer.WriteAsync(Event(new CommandEnded { Reason = "exited", ExitCode = 0 }), TestContext.Current.CancellationToken);
        return directory;
    }

    private static AuditEvent Event(AuditPayload payload) =>
        new() { Payload = payload, Source = AuditSource.Host, Sandbox = "box1", Command = "c1" };
}
