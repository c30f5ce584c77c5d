using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

/// <summary>A read into no memory: who waits need not hold a buffer.</summary>
public sealed class ZeroByteReadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_NoMemory_CompletesWhenBytesCome()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        ValueTask<int> waiting = channel.Output.ReadAsync(Memory<byte>.Empty, Token);
        Assert.False(waiting.IsCompleted);
        await guest.DataAsync(id, "abc"u8);
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await channel.Output.ReadAsync(Memory<byte>.Empty, Token));
        byte[] got = new byte[10];
        Assert.Equal(3, await channel.Output.ReadAsync(got, Token));
    }

    [Fact]
    public async Task ReadAsync_NoMemory_CompletesAtTheEnd()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        ValueTask<int> waiting = channel.Output.ReadAsync(Memory<byte>.Empty, Token);
        await guest.EofAsync(id);
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await channel.Output.ReadAsync(new byte[1], Token));
    }
}
