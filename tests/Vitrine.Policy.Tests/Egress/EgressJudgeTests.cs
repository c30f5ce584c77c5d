using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Tests.Egress;

public sealed class EgressJudgeTests
{
    private static readonly EgressPlan s_plan = new()
    {
        Allow =
        [
            Rule("api", "api.example.org", 443, 9000, 9100),
            Rule("wide", "*.example.org", 443),
            Rule("second", "api.example.org", 8080),
            Rule("internal", "*.google.internal", 80) with { Internal = true },
            Rule("half", "half.example.net", 443, 8000, 8010),
        ],
        Deny = [Rule("no-telemetry", "telemetry.example.org", 1, 1, ushort.MaxValue), Rule("no-8005", "*.example.net", 8000, 8005, 8010),
            Rule("never", "never.example.info", 1, 1, ushort.MaxValue), Rule("some", "some.example.info", 443)],
    };

    [Theory]
    [InlineData("api.example.org", 443, "api")]
    [InlineData("API.example.ORG", 9000, "api")]
    [InlineData("api.example.org", 9100, "api")]
    [InlineData("api.example.org", 8080, "second")]
    [InlineData("x.example.org", 443, "wide")]
    [InlineData("a.b.example.org", 443, "wide")]
    public void Judge_CoveredHostAndPort_IsAllowedByTheFirstRuleThatCovers(string host, int port, string rule)
    {
        EgressVerdict verdict = EgressJudge.Judge(s_plan, host, port);
        Assert.True(verdict.Allowed);
        Assert.Equal((EgressCodes.Allowed, rule), (verdict.Code, verdict.Rule?.Id));
        Assert.True(EgressJudge.JudgeName(s_plan, host).Allowed);
    }

    [Theory]
    [InlineData("example.org", 443, EgressCodes.NotAllowed, null)]
    [InlineData("api.example.org.evil.net", 443, EgressCodes.NotAllowed, null)]
    [InlineData("evilapi.example.org.net", 443, EgressCodes.NotAllowed, null)]
    [InlineData("evilexample.org", 443, EgressCodes.NotAllowed, null)]
    [InlineData("api.example.org", 8999, EgressCodes.Port, "api")]
    [InlineData("api.example.org", 9101, EgressCodes.Port, "api")]
    [InlineData("api.example.org", 0, EgressCodes.Port, "api")]
    [InlineData("api.example.org", -1, EgressCodes.Port, "api")]
    [InlineData("api.example.org", 65979, EgressCodes.Port, "api")]
    [InlineData("x.example.org", 22, EgressCodes.Port, "wide")]
    [InlineData("telemetry.example.org", 443, EgressCodes.Denied, "no-telemetry")]
    [InlineData("Telemetry.Example.Org", 443, EgressCodes.Denied, "no-telemetry")]
    [InlineData("half.example.net", 8005, EgressCodes.Denied, "no-8005")]
    [InlineData("api.example.org.", 443, EgressCodes.NameForm, null)]
    [InlineData("telemetry.example.org.", 443, EgressCodes.NameForm, null)]
    [InlineData("user@api.example.org", 443, EgressCodes.NameForm, null)]
    [InlineData("api.example.org\0.evil.net", 443, EgressCodes.NameForm, null)]
    [InlineData("", 443, EgressCodes.NameForm, null)]
    [InlineData("*.example.org", 443, EgressCodes.NameForm, null)]
    [InlineData("127.1", 443, EgressCodes.Address, null)]
    [InlineData("[::1]", 443, EgressCodes.Address, null)]
    [InlineData("metadata.google.internal", 80, EgressCodes.Metadata, null)]
    [InlineData("METADATA.google.internal", 80, EgressCodes.Metadata, null)]
    [InlineData("x.metadata.google.internal", 80, EgressCodes.Metadata, null)]
    public void Judge_AnythingElse_IsRefusedWithItsCode(string host, int port, string code, string? rule)
    {
        EgressVerdict verdict = EgressJudge.Judge(s_plan, host, port);
        Assert.False(verdict.Allowed);
        Assert.Equal((code, rule), (verdict.Code, verdict.Rule?.Id));
        Assert.NotEmpty(verdict.Message);
    }

    [Fact]
    public void Judge_Refusal_SaysWhatToAdd()
    {
        Assert.Equal("Add `--allow new.example.net`, or `- new.example.net` below egress.allow",
            EgressJudge.Judge(s_plan, "new.example.net", 443).Hint);
        Assert.Equal("Add `--allow x.example.org:22`, or `- x.example.org:22` below egress.allow",
            EgressJudge.Judge(s_plan, "x.example.org", 22).Hint);
        Assert.Equal("Add `--allow intranet:443`, or `- intranet:443` below egress.allow", EgressJudge.Judge(s_plan, "intranet", 443).Hint);
        Assert.Equal("api.example.org is allowed by api, but on 443, 9000-9100 only, not on 22",
            EgressJudge.Judge(s_plan, "api.example.org", 22).Message);
    }

    [Fact]
    public void Judge_HostileName_GivesAPrintableBoundedMessage()
    {
        EgressVerdict verdict = EgressJudge.Judge(s_plan, $"\x1b[31m\u202e{new string('a', 10_000)}", 443);
        Assert.DoesNotContain('\x1b', verdict.Message);
        Assert.DoesNotContain('\u202e', verdict.Message);
        Assert.True(verdict.Message.Length < 200);
    }

    [Theory]
    [InlineData("half.example.net", true, EgressCodes.Allowed)]
    [InlineData("telemetry.example.org", false, EgressCodes.Denied)]
    [InlineData("never.example.info", false, EgressCodes.Denied)]
    [InlineData("some.example.info", false, EgressCodes.NotAllowed)]
    [InlineData("other.example.com", false, EgressCodes.NotAllowed)]
    [InlineData("metadata.google.internal", false, EgressCodes.Metadata)]
    [InlineData("10.0.0.1", false, EgressCodes.Address)]
    public void JudgeName_Name_IsAllowedWhenSomePortIs(string host, bool allowed, string code)
    {
        EgressVerdict verdict = EgressJudge.JudgeName(s_plan, host);
        Assert.Equal((allowed, code), (verdict.Allowed, verdict.Code));
    }

    [Fact]
    public void JudgeName_SeveralDeniesThatTogetherCoverAllPorts_IsRefused()
    {
        var plan = new EgressPlan
        {
            Allow = [Rule("a", "a.org", 100, 100, 200)],
            Deny = [Rule("b", "a.org", 1, 1, 150), Rule("c", "*.org", 1), Rule("d", "a.org", 151, 151, 65535)],
        };
        Assert.Equal(EgressCodes.Denied, EgressJudge.JudgeName(plan, "a.org").Code);
    }

    [Theory]
    [InlineData("GET", "/v1/x", true, EgressCodes.Allowed)]
    [InlineData("GET", "/v1/x?q=/../", true, EgressCodes.Allowed)]
    [InlineData("get", "/v1/x", false, EgressCodes.Method)]
    [InlineData("POST", "/v1/x", false, EgressCodes.Method)]
    [InlineData("CONNECT", "/v1/x", false, EgressCodes.Method)]
    [InlineData("TRACE", "/v1/x", false, EgressCodes.Method)]
    [InlineData("GET", "/v2/x", false, EgressCodes.Path)]
    [InlineData("GET", "/v1/", false, EgressCodes.Path)]
    [InlineData("GET", "/v1/%2e%2e/v2", false, EgressCodes.PathForm)]
    [InlineData("HEAD", "*", false, EgressCodes.PathForm)]
    public void JudgeRequest_MethodAndPath_AreHeldToTheRule(string method, string path, bool allowed, string code)
    {
        EgressRule rule = Rule("api", "api.example.org", 443) with { Inspect = true, Methods = ["GET", "HEAD"], Paths = ["/v1/*"] };
        EgressVerdict verdict = EgressJudge.JudgeRequest(rule, method, path);
        Assert.Equal((allowed, code, rule), (verdict.Allowed, verdict.Code, verdict.Rule));
    }

    [Fact]
    public void JudgeRequest_RuleWithoutMethodsAndPaths_AllowsAllButTraceAndConnect()
    {
        EgressRule rule = Rule("api", "api.example.org", 443) with { Inspect = true };
        foreach (string method in (string[])["GET", "POST", "OPTIONS", "PROPFIND"])
            Assert.True(EgressJudge.JudgeRequest(rule, method, "/a/../b").Allowed);
        foreach (string method in (string[])["TRACE", "TRACK", "CONNECT"])
            Assert.False(EgressJudge.JudgeRequest(rule, method, "/").Allowed);
    }

    private static EgressRule Rule(string id, string host, ushort port, ushort? first = null, ushort? last = null) => new()
    {
        Id = id,
        Host = host,
        Ports = first is { } from ? from == port ? [new PortRange(from, last!.Value)]
            : [new PortRange(port, port), new PortRange(from, last!.Value)] : [new PortRange(port, port)],
    };
}
