using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>Probe 24: rules that would allow everything, or something else than they seem to, by the command line as a user checks a policy.</summary>
public sealed class DangerousPolicyTests
{
    [Theory]
    [InlineData("\"*\"")]
    [InlineData("\"*.\"")]
    [InlineData("\"*.com\"")]
    [InlineData("\"*.co.uk\"")]
    [InlineData("\"*.github.io\"")]
    [InlineData("\"*.*\"")]
    [InlineData("\"*.*.example.org\"")]
    [InlineData("\"w*.example.org\"")]
    [InlineData("\"\"")]
    [InlineData("\".\"")]
    [InlineData("\".example.org\"")]
    [InlineData("0.0.0.0/0")]
    [InlineData("\"::/0\"")]
    [InlineData("10.0.0.0/8")]
    [InlineData("1.1.1.1-255.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("169.254.169.254")]
    [InlineData("metadata.google.internal")]
    [InlineData("\"api.example.org:0\"")]
    [InlineData("\"api.example.org:65536\"")]
    [InlineData("{host: api.example.org, ports: [443-80]}")]
    [InlineData("{host: api.example.org, ports: []}")]
    [InlineData("{host: api.example.org, methods: [GET], protocol: ssh}")]
    [InlineData("{host: \"*.example.org\", ports: [1-65535], protocol: all}")]
    public async Task Check_DangerousRule_IsRejected(string rule)
    {
        HostResult result = await CheckAsync($"egress:\n  allow:\n    - {rule}\n");
        Assert.True(result.ExitCode != 0, $"{rule} passed: {result}");
        Assert.Contains("policy.yaml:", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"*.example.org\"")]
    [InlineData("api.example.org")]
    [InlineData("\"api.example.org:8443\"")]
    [InlineData("{host: api.example.org, ports: [80-443], protocol: tcp}")]
    public async Task Control_OrdinaryRule_Passes(string rule)
    {
        HostResult result = await CheckAsync($"egress:\n  allow:\n    - {rule}\n");
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Theory]
    [InlineData("https://api.example.org/", true)]
    [InlineData("https://example.org/", false)]
    [InlineData("https://evilexample.org/", false)]
    [InlineData("https://api.example.org.evil.example/", false)]
    [InlineData("https://secret.example.org/", false)]
    [InlineData("https://deep.secret.example.org/", true)]
    [InlineData("https://api.example.org:444/", true)]
    [InlineData("https://api.example.org:445/", false)]
    [InlineData("https://api.example.org:442/", false)]
    public async Task Test_OverlappingRules_AreExact_AndDenyWins(string url, bool allowed)
    {
        using var space = new TestSpace();
        string file = Path.Combine(space.Scratch, "policy.yaml");
        await File.WriteAllTextAsync(file, """
            version: 1
            name: overlap
            egress:
              allow: [{host: "*.example.org", ports: [443-444]}, {host: secret.example.org, ports: [443]}]
              deny: [secret.example.org]
            """, TestContext.Current.CancellationToken);
        HostResult result = await HostCommand.RunAsync([HostPrograms.RequireCli(), "egress", "test", file, url]);
        Assert.True((result.ExitCode == 0) == allowed, $"{url}: {result}");
    }

    private static async Task<HostResult> CheckAsync(string egress)
    {
        using var space = new TestSpace();
        string file = Path.Combine(space.Scratch, "policy.yaml");
        await File.WriteAllTextAsync(file, "version: 1\nname: dangerous\n" + egress, TestContext.Current.CancellationToken);
        return await HostCommand.RunAsync([HostPrograms.RequireCli(), "policy", "check", file]);
    }
}
