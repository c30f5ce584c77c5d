using Vitrine.Policy.Model;
using Vitrine.Policy.Tests.Support;
using Vitrine.Policy.Validation.Mounts;

namespace Vitrine.Policy.Tests.Mounts;

public sealed class MaskTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(".env", ".env", true)]
    [InlineData(".env", "deep/down/.env", true)]
    [InlineData(".env", ".envy", false)]
    [InlineData("*.pem", "a/key.pem", true)]
    [InlineData("*.pem", "pem", false)]
    [InlineData("a/*.pem", "a/key.pem", true)]
    [InlineData("a/*.pem", "a/b/key.pem", false)]
    [InlineData("a/**/key.pem", "a/b/c/key.pem", true)]
    [InlineData("a/**/key.pem", "a/key.pem", true)]
    [InlineData("**/private/*", "x/private/y", true)]
    [InlineData("**/private/*", "private/y", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*", "anything", true)]
    [InlineData("a*b*c", "aXbXbXc", true)]
    [InlineData("a*b*c", "aXbXbX", false)]
    public void Matches_PatternAndPath_AsDocumented(string pattern, string path, bool matches) =>
        Assert.Equal(matches, MaskPattern.Matches(pattern, path));

    [Fact]
    public void Matches_HostilePattern_IsDoneInBoundedTime() =>
        Assert.False(MaskPattern.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 4000)));

    [Theory]
    [InlineData(".env", true)]
    [InlineData(".env.production", true)]
    [InlineData(".env.example", false)]
    [InlineData("id_rsa", true)]
    [InlineData("id_ed25519_work", true)]
    [InlineData("id_rsa.pub", false)]
    [InlineData("server.key", true)]
    [InlineData("server.pem", true)]
    [InlineData("cacert.pem", false)]
    [InlineData("credentials.json", true)]
    [InlineData("my-credentials.json", true)]
    [InlineData("client_secret_1.json", true)]
    [InlineData(".npmrc", true)]
    [InlineData("store.jks", true)]
    [InlineData("main.py", false)]
    [InlineData("keyboard.c", false)]
    [InlineData("README.md", false)]
    public void Matches_FileName_TellsSecretsFromOthers(string name, bool secret) =>
        Assert.Equal(secret, SecretNames.Matches(name, isDirectory: false));

    [Fact]
    public void Plan_SecretsBelowAMount_AreReportedByName()
    {
        foreach (string name in (string[])[".env", "a/id_rsa", "a/b/tls.key", "main.py", "c/x.pem", "d/credentials.json", "e/.npmrc",
            "f/secrets.yml"]) _directory.MakeFile(name);
        PolicyProblem warning = Assert.Single(Plan(Mount).Problems);
        Assert.Equal(("mount-secrets", ProblemSeverity.Warning), (warning.Code, warning.Severity));
        Assert.Contains(".env, ", warning.Message, StringComparison.Ordinal);
        Assert.Contains("and 2 more", warning.Message, StringComparison.Ordinal);
        Assert.Contains("mask: auto", warning.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_MaskAuto_CoversThemAndIsSilent()
    {
        foreach (string name in (string[])[".env", "a/id_rsa", "b/.ssh/config", "b/.ssh/id_rsa", "main.py"]) _directory.MakeFile(name);
        PlanResult result = Plan(Mount with { MaskAuto = true });
        Assert.Empty(result.Problems);
        Assert.Equal([".env", "a/id_rsa", "b/.ssh"], Assert.Single(result.Plan!.Mounts).Masks, StringComparer.Ordinal);
    }

    [Fact]
    public void Plan_MaskPatterns_CoverWhatTheyMatchAndTheRestIsReported()
    {
        foreach (string name in (string[])[".env", "a/key.pem", "private/notes", "private/more"]) _directory.MakeFile(name);
        PlanResult result = Plan(Mount with { Mask = ["private", "*.pem", "nothing-there"] });
        Assert.Equal(["a/key.pem", "private"], Assert.Single(result.Plan!.Mounts).Masks, StringComparer.Ordinal);
        Assert.Equal(["mount-secrets", "mask-nothing"], result.Problems.Select(problem => problem.Code), StringComparer.Ordinal);
    }

    [Fact]
    public void Plan_MaskOnALink_CoversWhatItLeadsTo()
    {
        _directory.MakeFile("config/prod.txt");
        _directory.MakeLink(".env", "config/prod.txt");
        _directory.MakeLink(".npmrc", "/etc/hostname");
        Assert.Equal(["config/prod.txt"], Assert.Single(Plan(Mount with { MaskAuto = true }).Plan!.Mounts).Masks, StringComparer.Ordinal);
    }

    [Fact]
    public void Plan_MoreNamesThanAreLookedAt_IsSaid()
    {
        var host = new FakeHost { Names = new HostScan([new HostScanEntry("a", false)], IsComplete: false) };
        Assert.Equal(ProblemSeverity.Note, Assert.Single(Policies.Plan("mounts: [{source: /srv/a, target: /a}]",
            host: host).Problems).Severity);
        Assert.Equal(ProblemSeverity.Warning, Assert.Single(Policies.Plan("mounts: [{source: /srv/a, target: /a, mask: auto}]",
            host: host).Problems).Severity);
    }

    [Fact]
    public void Plan_SecretNameWithControlCharacters_IsShownEscaped()
    {
        _directory.MakeFile("\u001b[2J.pem");
        Assert.DoesNotContain('\u001b', Assert.Single(Plan(Mount).Problems).ToString());
    }

    private MountSettings Mount => new() { Source = _directory.Root, Target = "/data" };

    private static PlanResult Plan(MountSettings mount) =>
        SandboxPlanner.Plan(new PolicyDocument { Mounts = [mount] }, Policies.Operator, new LinuxHostFacts(), FixedClock.Noon);
}
