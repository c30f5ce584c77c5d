using System.Text.Json;

namespace Vitrine.Cli.Tests.Process;

/// <summary>Everything that can be wrong before a sandbox is made: each one sentence with a way out.</summary>
public sealed class RunRefusalTests
{
    [Theory]
    [InlineData(125, "vitrine run knows no option --memroy; did you mean --memory?", "--memroy", "1GiB", "--", "true")]
    [InlineData(125, "vitrine run needs COMMAND (The program and its arguments)")]
    [InlineData(125, "--memory lots: 'limits.memory' is not a size", "--memory", "lots", "true")]
    [InlineData(122, "--memory 1KiB: 'limits.memory' is 1KiB, outside 16MiB to", "--memory", "1KiB", "true")]
    [InlineData(125, "--mount /tmp: '/tmp' is no mount: write SOURCE:TARGET", "--mount", "/tmp", "true")]
    [InlineData(122, "--mount: mounting '/' is refused", "--mount", "/:/host", "true")]
    [InlineData(122, "--mount: mounting '/etc/ssh' is refused", "--mount", "/etc/ssh:/x", "true")]
    [InlineData(122, "The policy nowhere.yaml cannot be read: there is no such file", "--policy", "nowhere.yaml", "true")]
    [InlineData(122, "The policy /etc cannot be read: it is a directory", "--policy", "/etc", "true")]
    [InlineData(125, "--runtime docker is none that vitrine knows; name auto, crun, runc, or the path", "--runtime", "docker", "true")]
    [InlineData(125, "There is no runtime at /nowhere/crun; name crun, runc or auto", "--runtime", "/nowhere/crun", "true")]
    [InlineData(125, "--env =x names no variable; write NAME=VALUE", "--env", "=x", "true")]
    [InlineData(125, "--allow: 'pypy' is no preset. Did you mean 'pypi'?", "--allow", "pypy", "true")]
    [InlineData(125, "--allow: '*.com' is a wildcard over a whole top-level domain", "--allow", "*.com", "true")]
    [InlineData(125, "--allow: '10.0.0.1:22' is an address, not a name", "--allow", "10.0.0.1:22", "true")]
    [InlineData(122, "--workdir: the working directory 'relative'", "--workdir", "relative", "true")]
    [InlineData(122, "--image: the image '/nowhere' does not exist", "--image", "/nowhere", "true")]
    public async Task Run_WhatCannotBe_IsOneSentenceWithAWayOut(int exitCode, string sentence, params string[] arguments)
    {
        CliResult result = await Cli.RunAsync(["run", .. arguments]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Empty(result.Output);
        Assert.Contains("vitrine: " + sentence, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limits: {memory: 3", "not YAML")]
    [InlineData("limitz: {}", "Did you mean 'limits'?")]
    [InlineData("limits: {memory: 3}", "has no unit")]
    [InlineData("egress: {allow: ['*.com']}", "top-level domain")]
    [InlineData("secrets: {K: {from: {env: K}, hosts: [example.org]}}", "no rule allows")]
    [InlineData("mounts: [{source: /var/run/docker.sock, target: /s}]", "engine's socket")]
    public async Task Run_BadPolicy_NamesFileLineAndRemedy(string policy, string expected)
    {
        string file = await WriteAsync(policy);
        CliResult result = await Cli.RunAsync("run", "-p", file, "--", "true");
        Assert.True(result.ExitCode == 122, result.ToString());
        Assert.True(result.Error.Contains(file + ":1:", StringComparison.Ordinal)
            || result.Error.Contains(file + ":2:1:", StringComparison.Ordinal), result.ToString());
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PolicyWithTwoMistakes_NamesBoth()
    {
        CliResult result = await Cli.RunAsync("run", "-p", await WriteAsync("limitz: {}\nmount: []\n"), "--", "true");
        Assert.Equal(122, result.ExitCode);
        Assert.Contains("limitz", result.Error, StringComparison.Ordinal);
        Assert.Contains("'mount'", result.Error, StringComparison.Ordinal);
        Assert.Contains("is refused for the 2 reasons above.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Refused_WithJson_EndsInAnErrorEvent()
    {
        CliResult result = await Cli.RunAsync("run", "--json", "--mount", "/:/host", "true");
        using JsonDocument error = JsonDocument.Parse(Assert.Single(result.Lines()));
        Assert.Equal("error", error.RootElement.GetProperty("type").GetString());
        Assert.Equal(122, error.RootElement.GetProperty("exitCode").GetInt32());
        Assert.StartsWith("mount-", error.RootElement.GetProperty("code").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_JsonBehindTheCommand_IsTheCommands()
    {
        CliResult result = await Cli.RunAsync("run", "--mount", "/:/host", "true", "--json");
        Assert.Equal(122, result.ExitCode);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Run_GuestMissing_SaysHowToGetIt()
    {
        CliResult result = await Cli.RunAsync(
            new CliRun("run", "true")
            {
                Environment = new Dictionary<string,
            string?>(StringComparer.Ordinal)
                { ["VITRINE_GUEST"] = "/nowhere/guest" }
            });
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("guest", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_WithoutATerminal_SaysWhatToUse()
    {
        CliResult result = await Cli.RunAsync("shell");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal("vitrine: vitrine shell needs a terminal on standard input; for a script write `vitrine run -- sh` and pipe it in.\n",
            result.Error);
    }

    private static async Task<string> WriteAsync(string policy)
    {
        string file = Path.Combine(TestState.NewDirectory(), "policy.yaml");
        await File.WriteAllTextAsync(file, policy, TestContext.Current.CancellationToken);
        return file;
    }
}
