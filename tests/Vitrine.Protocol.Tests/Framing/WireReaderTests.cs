using System.Text;
using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Tests.Framing;

public sealed class WireReaderTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Bool_ZeroOrOne_IsRead(byte value, bool expected) => Assert.Equal(expected, new WireReader([value]).Bool());

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public void Bool_Other_IsABreach(byte value) => Assert.Throws<ProtocolException>(() => new WireReader([value]).Bool());

    [Fact]
    public void Count_MoreThanBytesLeft_IsABreachBeforeAnythingIsAllocated()
    {
        byte[] payload = [0, 16, 0, 0, 1, 2, 3];
        Assert.Throws<ProtocolException>(() => new WireReader(payload).Texts());
    }

    [Fact]
    public void Count_MoreThanTheLimit_IsABreach()
    {
        byte[] payload = [.. BitConverter.GetBytes(WireLimits.MaxItems + 1), .. new byte[65000]];
        Assert.Throws<ProtocolException>(() => new WireReader(payload).Count());
        BitConverter.TryWriteBytes(payload, WireLimits.MaxItems);
        Assert.Equal(WireLimits.MaxItems, new WireReader(payload).Count());
    }

    [Fact]
    public void Text_OverTheLimit_IsABreachForReaderAndWriter()
    {
        string most = new('x', WireLimits.MaxString);
        byte[] payload = new WireWriter().Text(most).Written.ToArray();
        Assert.Equal(most, new WireReader(payload).Text());
        Assert.Throws<ArgumentException>(() => new WireWriter().Text(most + "x"));
        byte[] longer = [.. BitConverter.GetBytes(WireLimits.MaxString + 1), .. new byte[WireLimits.MaxString + 1]];
        Assert.Throws<ProtocolException>(() => new WireReader(longer).Text());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void Text_NotUtf8_IsABreach(byte[] bytes)
    {
        byte[] payload = [.. BitConverter.GetBytes(bytes.Length), .. bytes];
        Assert.Throws<ProtocolException>(() => new WireReader(payload).Text());
    }

    [Fact]
    public void Text_LoneSurrogate_IsRefusedByTheWriter() => Assert.Throws<EncoderFallbackException>(() => new WireWriter().Text("\ud800"));

    [Fact]
    public void Blob_LongerThanAFrame_IsABreach()
    {
        byte[] payload = [.. BitConverter.GetBytes(uint.MaxValue), .. new byte[100]];
        Assert.Throws<ProtocolException>(() =>
        {
            _ = new WireReader(payload).Blob();
        });
    }

    [Fact]
    public void List_MoreItemsThanTheLimit_IsRefusedByTheWriter() =>
        Assert.Throws<ArgumentException>(() => new WireWriter().List(new byte[WireLimits.MaxItems + 1], static (w, b) => w.U8(b)));
}
