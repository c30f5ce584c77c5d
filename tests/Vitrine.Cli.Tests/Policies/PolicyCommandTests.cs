using System.Text.Json;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Policies;

public sealed class PolicyCommandTests
{
    [Fact]
    public async Task Check_TwoMistakes_BothWithPlaceAndHint_AndExits1()
    {
        string file = await WriteAsync("limitz: {}\nlimits: {memory: 12}\n");
        CliResult result = await Process.Cli.RunAsync("policy", "check", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(file + ":1:1: error unknown-key", result.Output, StringComparison.Ordinal);
        Assert.Contains(file + ":2:", result.Output, StringComparison.Ordinal);

        using JsonDocument json = JsonDocument.Parse((await Process.Cli.RunAsync("policy", "check", "--json", file)).Output);
        Assert.False(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(2, json.RootElement.GetProperty("problems").GetArrayLength());
        Assert.Equal(1, json.RootElement.GetProperty("problems")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Check_GoodPolicyFromStandardInput_Exits0()
    {
        CliResult result = await Process.Cli.RunAsync(new CliRun("policy", "check", "-") { Input = "name: mine\n"u8.ToArray() });
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("-: no mistake\n", result.Output);
    }

    [Fact]
    public async Task Check_WhatThisMachineRefuses_IsFoundUnlessTextOnly()
    {
        string file = await WriteAsync("mounts: [{source: /var/run/docker.sock, target: /s}]\n");
        Assert.Equal(1, (await Process.Cli.RunAsync("policy", "check", file)).ExitCode);
        Assert.Equal(0, (await Process.Cli.RunAsync("policy", "check", "--text-only", file)).ExitCode);
    }

    [Fact]
    public async Task Explain_NamesLineOrDefault()
    {
        string file = await WriteAsync("limits:\n  memory: 2GiB\n");
        CliResult result = await Process.Cli.RunAsync("policy", "explain", file);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains($"({file}:2)", result.Output, StringComparison.Ordinal);
        Assert.Contains("(default)", result.Output, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await Process.Cli.RunAsync("policy", "explain", "--json", file)).Output);
        Assert.NotEqual(0, json.RootElement.GetProperty("statements").GetArrayLength());
    }

    [Fact]
    public async Task Diff_Wider_Exits1_Narrower_Exits0()
    {
        string small = await WriteAsync("limits: {memory: 512MiB}\n"), large = await WriteAsync("limits: {memory: 2GiB}\n");
        CliResult wider = await Process.Cli.RunAsync("policy", "diff", small, large);
        Assert.Equal(1, wider.ExitCode);
        Assert.Contains("widens", wider.Output, StringComparison.Ordinal);
        CliResult narrower = await Process.Cli.RunAsync("policy", "diff", large, small);
        Assert.Equal(0, narrower.ExitCode);
        Assert.Contains("Nothing is wider.", narrower.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_FailingCase_IsNamedAndExits1()
    {
        CliResult good = await Process.Cli.RunAsync("policy", "test",
            await WriteAsync("tests: {accept: [{write: /workspace}], deny: [{write: /usr}]}\n"));
        Assert.True(good.ExitCode == 0, good.ToString());
        Assert.Equal("2 passed, 0 failed\n", good.Output);
        CliResult bad = await Process.Cli.RunAsync("policy", "test", await WriteAsync("tests: {accept: [{write: /usr}]}\n"));
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("FAILED accept", bad.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await Process.Cli.RunAsync("policy", "test", await WriteAsync(""))).ExitCode);
    }

    [Theory]
    [InlineData("plan", "\"digest\"")]
    [InlineData("seccomp", "SCMP_ACT_")]
    [InlineData("seccomp-outer", "SCMP_ACT_")]
    [InlineData("landlock", "/workspace")]
    [InlineData("policy", "memory: 1GiB")]
    public async Task Compile_EveryTarget_PrintsIt(string target, string expected)
    {
        CliResult result = await Process.Cli.RunAsync("policy", "compile", "--target", target);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_Policy_ReadsBackAsItself()
    {
        CliResult written = await Process.Cli.RunAsync("policy", "compile", "--target", "policy");
        CliResult difference = await Process.Cli.RunAsync("policy", "diff", await WriteAsync(""), await WriteAsync(written.Output));
        Assert.Equal("No difference.\n", difference.Output);
    }

    [Fact]
    public async Task Schema_IsJson()
    {
        using JsonDocument schema = JsonDocument.Parse((await Process.Cli.RunAsync("policy", "schema")).Output);
        Assert.Equal("Vitrine policy", schema.RootElement.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData(125, "vitrine policy needs a command: check, explain, compile, test, diff, schema", "policy")]
    [InlineData(125, "vitrine policy knows no command chekc; did you mean check?", "policy", "chekc")]
    [InlineData(125, "--target wasm is none; name one of plan,", "policy", "compile", "--target", "wasm")]
    [InlineData(122, "The policy nowhere.yaml cannot be read: there is no such file", "policy", "explain", "nowhere.yaml")]
    public async Task WrongUse_IsOneSentence(int exitCode, string sentence, params string[] arguments)
    {
        CliResult result = await Process.Cli.RunAsync(arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("vitrine: " + sentence, result.Error, StringComparison.Ordinal);
    }

    private static async Task<string> WriteAsync(string policy)
    {
        string file = Path.Combine(TestState.NewDirectory(), "policy.yaml");
        await File.WriteAllTextAsync(file, policy, TestContext.Current.CancellationToken);
        return file;
    }
}
