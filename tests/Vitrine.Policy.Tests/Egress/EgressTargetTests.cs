using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;

namespace Vitrine.Policy.Tests.Egress;

public sealed class EgressTargetTests
{
    [Theory]
    [InlineData("a.org", "a.org")]
    [InlineData("A.Org:443", "a.org:443")]
    [InlineData("*.a.org:8443", "*.a.org:8443")]
    [InlineData("a.org:9000-9100", "a.org:9000-9100")]
    [InlineData("intranet:8080", "intranet:8080")]
    [InlineData("PyPI", "pypi")]
    public void TryParse_ShortForm_ReadsAndIsWrittenTheSame(string text, string shortForm)
    {
        Assert.True(EgressTarget.TryParse(text, out EgressEntry? entry, out string error), error);
        Assert.Equal(shortForm, EgressTarget.Short(entry!));
        Assert.True(EgressTarget.TryParse(shortForm, out EgressEntry? again, out _));
        Assert.Equal(entry! with { Ports = [] }, again! with { Ports = [] });
        Assert.Equal(entry.Ports, again.Ports);
    }

    [Theory]
    [InlineData("*", "'*' covers every host. Name the hosts")]
    [InlineData("pip", "'pip' is no preset. ")]
    [InlineData("pypy", "'pypy' is no preset. Did you mean 'pypi'?")]
    [InlineData("10.0.0.1", "'10.0.0.1' is an address, not a name. ")]
    [InlineData("https://a.org/", "is a URL")]
    [InlineData("", "")]
    public void TryParse_AnythingElse_SaysWhyAndWhatToDo(string text, string message)
    {
        Assert.False(EgressTarget.TryParse(text, out _, out string error));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.True(error.EndsWith('.') || error.EndsWith('?'), error);
    }
}
