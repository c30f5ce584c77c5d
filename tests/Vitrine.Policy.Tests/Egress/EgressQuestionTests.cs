using Vitrine.Policy.Egress;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Egress;

public sealed class EgressQuestionTests
{
    [Theory]
    [InlineData("https://a.org", "a.org", 443, "Tls", "GET", "/")]
    [InlineData("https://a.org/x?y#z", "a.org", 443, "Tls", "GET", "/x?y")]
    [InlineData("https://a.org?y", "a.org", 443, "Tls", "GET", "/?y")]
    [InlineData("HTTPS://A.org:8443/", "A.org", 8443, "Tls", "GET", "/")]
    [InlineData("wss://a.org/s", "a.org", 443, "Tls", "GET", "/s")]
    [InlineData("http://a.org/%2e%2e/x", "a.org", 80, "Http", "GET", "/%2e%2e/x")]
    [InlineData("ssh://git@a.org/x.git", "a.org", 22, "Ssh", null, null)]
    [InlineData("a.org", "a.org", 443, null, null, null)]
    [InlineData("a.org:22", "a.org", 22, null, null, null)]
    [InlineData("https://a.org./", "a.org.", 443, "Tls", "GET", "/")]
    [InlineData("https://127.1/", "127.1", 443, "Tls", "GET", "/")]
    [InlineData("https://[::1]:8443/", "[::1]", 8443, "Tls", "GET", "/")]
    [InlineData("::1", "::1", 443, null, null, null)]
    public void TryParse_Text_IsTakenApartWithoutRepair(string text, string host, int port, string? protocol, string? method, string? path)
    {
        Assert.True(EgressQuestion.TryParse(text, null, out EgressQuestion? question, out string error), error);
        Assert.Equal((host, port, protocol, method, path), (question!.Host, question.Port, question.Protocol?.ToString(), question.Method, question.Path));
    }

    [Theory]
    [InlineData("ftp://a.org", null)]
    [InlineData("a.org/x", null)]
    [InlineData("https://u:p@a.org/", null)]
    [InlineData("https://a.org:0/", null)]
    [InlineData("https://a.org:65536/", null)]
    [InlineData("https://a.org:x/", null)]
    [InlineData("a.org:22", "GET")]
    public void TryParse_WhatCannotBeAsked_SaysWhy(string text, string? method)
    {
        Assert.False(EgressQuestion.TryParse(text, method, out _, out string error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("https://a.org/v1/x", "GET", EgressCodes.Allowed)]
    [InlineData("https://a.org/v1/x", "PUT", EgressCodes.Method)]
    [InlineData("https://a.org/v2", "GET", EgressCodes.Path)]
    [InlineData("https://a.org/v1/../v2", "GET", EgressCodes.PathForm)]
    [InlineData("http://a.org:443/v1/x", "GET", EgressQuestion.ProtocolCode)]
    [InlineData("https://b.org:22/", "GET", EgressQuestion.ProtocolCode)]
    [InlineData("ssh://b.org", null, EgressCodes.Allowed)]
    [InlineData("https://c.org/anything", "PUT", EgressCodes.Allowed)]
    [InlineData("https://a.org./v1/x", "GET", EgressCodes.NameForm)]
    [InlineData("https://[::1]/", "GET", EgressCodes.Address)]
    [InlineData("https://d.org/", "GET", EgressCodes.NotAllowed)]
    public void Ask_Question_IsJudgedByConnectionProtocolAndRequest(string url, string? method, string code)
    {
        Assert.True(EgressQuestion.TryParse(url, method, out EgressQuestion? question, out _));
        Assert.Equal(code, question!.Ask(Policies.PlanEgress(
            "egress: {allow: [{host: a.org, methods: [GET], paths: [/v1/*]}, 'b.org:22', c.org]}").Plan!).Code);
    }
}
