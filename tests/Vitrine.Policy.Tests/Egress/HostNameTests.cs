using Vitrine.Policy.Egress;

namespace Vitrine.Policy.Tests.Egress;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("example.org", "example.org")]
    [InlineData("API.Example.ORG", "api.example.org")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("_dmarc.example.org", "_dmarc.example.org")]
    [InlineData("1.2.3.example", "1.2.3.example")]
    [InlineData("intranet", "intranet")]
    public void Normalize_Name_IsLowerCase(string text, string name)
    {
        Assert.Equal(HostNameFault.None, HostName.Normalize(text, out string normal));
        Assert.Equal(name, normal);
    }

    [Theory]
    [InlineData("", HostNameFault.Empty)]
    [InlineData("10.0.0.1", HostNameFault.Address)]
    [InlineData("10.0.0.1.", HostNameFault.Address)]
    [InlineData("127.1", HostNameFault.Address)]
    [InlineData("0x7f000001", HostNameFault.Address)]
    [InlineData("0X7f.0.0.0x1", HostNameFault.Address)]
    [InlineData("0x", HostNameFault.Address)]
    [InlineData("2130706433", HostNameFault.Address)]
    [InlineData("0177.0.0.01", HostNameFault.Address)]
    [InlineData("a.0177", HostNameFault.Address)]
    [InlineData("::1", HostNameFault.Address)]
    [InlineData("[::1]", HostNameFault.Address)]
    [InlineData("[::ffff:10.0.0.1]", HostNameFault.Address)]
    [InlineData("fe80::1%eth0", HostNameFault.Address)]
    [InlineData("64:ff9b::10.0.0.1", HostNameFault.Address)]
    [InlineData("10.0.0.0/8", HostNameFault.Form)]
    [InlineData("0/0", HostNameFault.Form)]
    [InlineData("example.org.", HostNameFault.TrailingDot)]
    [InlineData("example.org..", HostNameFault.TrailingDot)]
    [InlineData(".", HostNameFault.TrailingDot)]
    [InlineData(".example.org", HostNameFault.Form)]
    [InlineData("a..org", HostNameFault.Form)]
    [InlineData("-a.org", HostNameFault.Form)]
    [InlineData("a-.org", HostNameFault.Form)]
    [InlineData("*.example.org", HostNameFault.Form)]
    [InlineData("user@example.org", HostNameFault.Form)]
    [InlineData("example.org\0.evil.org", HostNameFault.Form)]
    [InlineData("example.org\r\n", HostNameFault.Form)]
    [InlineData("example.org%00.evil.org", HostNameFault.Form)]
    [InlineData("example.org%2eevil.org", HostNameFault.Form)]
    [InlineData("example.org/evil", HostNameFault.Form)]
    [InlineData("example.org#evil", HostNameFault.Form)]
    [InlineData("example.org\\evil", HostNameFault.Form)]
    [InlineData(" example.org", HostNameFault.Form)]
    [InlineData("bücher.example", HostNameFault.NotAscii)]
    [InlineData("example\u3002org", HostNameFault.NotAscii)]
    [InlineData("ex\u200bample.org", HostNameFault.NotAscii)]
    [InlineData("ｅxample.org", HostNameFault.NotAscii)]
    public void Normalize_AnythingElse_IsRefused(string text, HostNameFault fault)
    {
        Assert.Equal(fault, HostName.Normalize(text, out string normal));
        Assert.Empty(normal);
    }

    [Fact]
    public void Normalize_Lengths_AreThoseOfTheDomainNameSystem()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{new string('a', 61)}";
        Assert.Equal(253, longest.Length);
        Assert.Equal(HostNameFault.None, HostName.Normalize(longest, out _));
        Assert.Equal(HostNameFault.Form, HostName.Normalize($"{longest}a", out _));
        Assert.Equal(HostNameFault.Form, HostName.Normalize($"{label}a.org", out _));
    }

    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "api.example.org", false)]
    [InlineData("*.example.org", "api.example.org", true)]
    [InlineData("*.example.org", "a.b.example.org", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", "evilexample.org", false)]
    [InlineData("*.example.org", "example.org.evil", false)]
    [InlineData("*.example.org", ".example.org", false)]
    [InlineData("example.org", "example.org.evil", false)]
    [InlineData("example.org", "evilexample.org", false)]
    public void Matches_Pattern_CoversWhatItSays(string pattern, string name, bool covered) =>
        Assert.Equal(covered, HostName.Matches(pattern, name));
}
