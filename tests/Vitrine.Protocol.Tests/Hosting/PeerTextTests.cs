using Vitrine.Protocol.Hosting;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class PeerTextTests
{
    [Theory]
    [InlineData("plain, ünïcode 漢字 🙂", "plain, ünïcode 漢字 🙂")]
    [InlineData("\u001b]0;title\u0007", "\ufffd]0;title\ufffd")]
    [InlineData("a\r\nb\tc\u0085d\u2028e", "a\ufffd\ufffdb\ufffdc\ufffdd\ufffde")]
    [InlineData("\u202eevil\u2066\u200b\ufeff", "\ufffdevil\ufffd\ufffd\ufffd")]
    public void Clean_HostileText_IsOnePrintableLine(string hostile, string clean) => Assert.Equal(clean, PeerText.Clean(hostile));

    [Fact]
    public void Clean_Long_IsCut() => Assert.Equal(new string('x', PeerText.MaxLength) + "…", PeerText.Clean(new string('x', 30_000)));
}
