using System.Net.Sockets;
using System.Text;
using Vitrine.Egress.Tests.Support;

namespace Vitrine.Egress.Tests.Proxy;

public sealed class SocksProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_AllowedName_CarriesBytes()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        // Greeting, request and the first bytes at once, as a client in a hurry does.
        byte[] answer = await TalkAsync(world, [5, 1, 0, .. Request("api.test", server.Port), .. "hello"u8]);
        Assert.Equal([5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. "hello"u8], answer);
        Assert.Equal("closed", Assert.Single(world.Log.Ended).Ended);
    }

    [Fact]
    public async Task Connect_AddressThatStandsForAName_CarriesBytes()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        uint address = await world.LookUpAsync("api.test");
        byte[] request = [5, 1, 0, 1, (byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address, (byte)(server.Port >> 8), (byte)server.Port];
        byte[] answer = await TalkAsync(world, [5, 2, 2, 0, .. request, 9]);
        Assert.Equal([5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9], answer);
    }

    public static TheoryData<byte[], byte[]> Refused => new()
    {
        { [5, 1, 0, .. Request("evil.test", 443)], [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 0, .. Request("api.test\0", 443)], [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 0, .. Request("127.0.0.1", 443)], [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 1, 187], [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 0, 5, 1, 0, 4, .. new byte[18]], [5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 1, 187], [5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 0, 5, 3, 0, 1, 127, 0, 0, 1, 1, 187], [5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0] },
        { [5, 1, 2], [5, 0xFF] },
        { [5, 0], [5, 0xFF] },
        { [4, 1, 1, 187, 127, 0, 0, 1, 0], [0, 91, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Connect_AnythingElse_IsRefusedByTheBook(byte[] said, byte[] answer)
    {
        await using World world = World.Open(World.Rule(443));
        Assert.Equal(answer, await TalkAsync(world, said));
        Assert.Single(world.Log.Refused);
        Assert.Empty(world.Names.Asked);
    }

    [Fact]
    public async Task Connect_NameThatDoesNotResolve_IsHostUnreachable()
    {
        await using World world = World.Open(World.Rule(443, host: "gone.test"));
        Assert.Equal([5, 0, 5, 4, 0, 1, 0, 0, 0, 0, 0, 0], await TalkAsync(world, [5, 1, 0, .. Request("gone.test", 443)]));
    }

    private static byte[] Request(string name, ushort port) =>
        [5, 1, 0, 3, (byte)name.Length, .. Encoding.Latin1.GetBytes(name), (byte)(port >> 8), (byte)port];

    private static async Task<byte[]> TalkAsync(World world, byte[] said)
    {
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.SocksPort);
        await inside.Stream.WriteAsync(said, Token);
        inside.Socket.Shutdown(SocketShutdown.Send);
        using var memory = new MemoryStream();
        await inside.Stream.CopyToAsync(memory, Token).WaitAsync(TimeSpan.FromSeconds(10), Token);
        await inside.Handled;
        return memory.ToArray();
    }
}
