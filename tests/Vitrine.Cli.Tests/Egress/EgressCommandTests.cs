using System.Text.Json;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Egress;

public sealed class EgressCommandTests
{
    private const string Policy = """
        egress:
          allow:
            - api.example.org
            - host: model.example.org
              methods: [GET]
              paths: [/v1/*]
              id: model
            - "*.example.org:8443"
          deny: [t.example.org]
        """;

    [Theory]
    [InlineData(0, "allowed  egress.allow[0] allows api.example.org:443", ":3)", "https://api.example.org/x")]
    [InlineData(0, "passed through untouched: method and path are not looked at", "", "https://api.example.org/x")]
    [InlineData(0, "TLS ends at the gateway", ":4)", "https://model.example.org/v1/x")]
    [InlineData(1, "refused  model allows GET at model.example.org, not POST", "Add POST to the methods of model", "https://model.example.org/v1/x", "--method", "POST")]
    [InlineData(1, "refused  egress.deny[0] denies t.example.org:8443", ":9)", "t.example.org:8443")]
    [InlineData(1, "refused  no rule allows other.example.net:443", "--allow other.example.net", "https://other.example.net")]
    [InlineData(1, "is an address", "", "https://169.254.169.254/latest")]
    [InlineData(1, "ends with a dot", "", "https://api.example.org./")]
    public async Task Test_Question_IsAnsweredWithRuleAndLine(int exitCode, string sentence, string more, params string[] arguments)
    {
        CliResult result = await Process.Cli.RunAsync(["egress", "test", await WriteAsync(Policy), .. arguments]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Contains(sentence, result.Output, StringComparison.Ordinal);
        Assert.Contains(more, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_Json_HoldsVerdictQuestionAndRule()
    {
        string file = await WriteAsync(Policy);
        CliResult result = await Process.Cli.RunAsync("egress", "test", "--json", file, "https://model.example.org/v2");
        Assert.Equal(1, result.ExitCode);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.False(json.RootElement.GetProperty("allowed").GetBoolean());
        Assert.Equal("path", json.RootElement.GetProperty("code").GetString());
        Assert.Equal("/v2", json.RootElement.GetProperty("path").GetString());
        Assert.Equal("model", json.RootElement.GetProperty("rule").GetProperty("id").GetString());
        Assert.Equal($"{file}:4", json.RootElement.GetProperty("rule").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("ftp://a.org")]
    [InlineData("a.org/x")]
    public async Task Test_WhatCannotBeAsked_IsWrongUsage(string url)
    {
        CliResult result = await Process.Cli.RunAsync("egress", "test", await WriteAsync(Policy), url);
        Assert.Equal(125, result.ExitCode);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Presets_OfAHome_FollowItsConfigurationAndSayWhere()
    {
        string home = TestState.NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(home, ".npmrc"), "registry=http://u:hush@npm.example.org/\n", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = home };
        CliResult one = await Process.Cli.RunAsync(new CliRun("egress", "presets", "npm") { Environment = environment });
        Assert.True(one.ExitCode == 0, one.ToString());
        Assert.Contains($"npm.example.org:80 http  named in {home}/.npmrc", one.Output, StringComparison.Ordinal);
        Assert.Contains("without TLS", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", one.Output + one.Error, StringComparison.Ordinal);

        CliResult all = await Process.Cli.RunAsync(new CliRun("egress", "presets", "--json") { Environment = environment });
        using JsonDocument json = JsonDocument.Parse(all.Output);
        JsonElement npm = json.RootElement.GetProperty("presets").EnumerateArray().Single(preset => preset.GetProperty("name").GetString() is "npm");
        Assert.Equal("npm.example.org", npm.GetProperty("hosts")[0].GetProperty("host").GetString());
        Assert.Equal(125, (await Process.Cli.RunAsync("egress", "presets", "nonesuch")).ExitCode);
    }

    private static async Task<string> WriteAsync(string policy)
    {
        string file = Path.Combine(TestState.NewDirectory(), "policy.yaml");
        await File.WriteAllTextAsync(file, policy, TestContext.Current.CancellationToken);
        return file;
    }
}
