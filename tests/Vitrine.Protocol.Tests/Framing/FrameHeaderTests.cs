using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Tests.Framing;

public sealed class FrameHeaderTests
{
    [Fact]
    public void Write_Frame_HasTheDocumentedLayout()
    {
        byte[] bytes = new byte[WireLimits.HeaderSize];
        new FrameHeader(0x1234, FrameType.Data, ChannelStream.Error, 0xABCD).Write(bytes);
        Assert.Equal([0x34, 0x12, 0, 0, 0x13, 2, 0xCD, 0xAB], bytes);
    }

    [Fact]
    public void Read_AllTypesStreamsAndChannels_AcceptsExactlyTheDocumented()
    {
        byte[] bytes = new byte[WireLimits.HeaderSize];
        for (int type = 0; type < 256; type++)
        {
            foreach (byte stream in new byte[] { 0, 1, 2, 3, 255 })
            {
                foreach (byte channel in new byte[] { 0, 1, 2, 255 })
                {
                    (bytes[4], bytes[5], bytes[6]) = ((byte)type, stream, channel);
                    bool known = Enum.IsDefined((FrameType)type);
                    bool streamFits = stream == 0 || (stream <= 2 && type is 0x13 or 0x14 or 0x15 && stream <= 2);
                    bool channelFits = type < 0x10 == (channel == 0);
                    bool accepted = Record.Exception(() => FrameHeader.Read(bytes)) switch
                    {
                        null => true,
                        ProtocolException => false,
                        Exception e => throw e,
                    };
                    Assert.Equal(known && streamFits && channelFits, accepted);
                }
            }
        }
    }

    [Theory]
    [InlineData(65528u, true)]
    [InlineData(65529u, false)]
    [InlineData(0x80000000u, false)]
    [InlineData(uint.MaxValue, false)]
    public void Read_Length_IsBounded(uint length, bool accepted)
    {
        byte[] bytes = [.. BitConverter.GetBytes(length), (byte)FrameType.Data, 1, 1, 0];
        if (accepted)
            Assert.Equal((int)length, FrameHeader.Read(bytes).Length);
        else
            Assert.Throws<ProtocolException>(() => FrameHeader.Read(bytes));
    }
}
