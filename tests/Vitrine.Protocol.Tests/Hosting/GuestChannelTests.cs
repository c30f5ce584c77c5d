using System.Text;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class GuestChannelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_Opened_StreamsExitAndEnd()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(
            host, new CommandRequest { Arguments = ["echo", "hé"] });
        Assert.Equal(["echo", "hé"], request.Arguments);
        Assert.Equal(7u, channel.Pid);
        Assert.Equal(1, id);

        await guest.DataAsync(id, "out"u8);
        await guest.DataAsync(id, "err"u8, ChannelStream.Error);
        await guest.EofAsync(id);
        await guest.EofAsync(id, ChannelStream.Error);
        await guest.ExitedAsync(id, 3);
        await guest.ClosedAsync(id);

        Assert.Equal(3, (await channel.Exited).Code);
        await channel.Completed;
        Assert.Equal("out", await ReadTextAsync(channel.Output));
        Assert.Equal("err", await ReadTextAsync(channel.Error));
    }

    [Fact]
    public async Task Input_Written_ArrivesInOrderAndEnds()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        await channel.Input.WriteAsync("one "u8.ToArray(), Token);
        await channel.Input.WriteAsync("two"u8.ToArray(), Token);
        await channel.Input.DisposeAsync();

        var text = new StringBuilder();
        while (await guest.ReceiveAsync() is { Type: FrameType.Data } frame)
        {
            Assert.Equal((id, ChannelStream.Input), (frame.Channel, frame.Header.Stream));
            text.Append(Encoding.UTF8.GetString(frame.Payload));
        }

        Assert.Equal("one two", text.ToString());
    }

    internal static async Task<string> ReadTextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Token);
    }
}
