using System.Net.Sockets;
using System.Text;
using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Proxy;

public sealed class HttpProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_AllowedName_IsEstablishedAndCarriesBytes()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        // What follows the head at once belongs to the tunnel.
        await SendAsync(inside, $"CONNECT api.test:{server.Port} HTTP/1.1\r\nHost: api.test:{server.Port}\r\nUser-Agent: x\r\n\r\nearly");
        inside.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("HTTP/1.1 200 Connection established\r\n\r\nearly", await ReadAsync(inside));
        await inside.Handled;
        Assert.Equal("closed", Assert.Single(world.Log.Ended).Ended);
    }

    [Fact]
    public async Task Connect_OneByteAtATime_IsReadTheSame()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        foreach (char one in $"CONNECT API.test:{server.Port} HTTP/1.0\r\n\r\n")
            await SendAsync(inside, one.ToString());
        inside.Socket.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(inside), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api.test:444", "403", "egress.allow[0]")]
    [InlineData("secret.attacker.test:443", "403", "--allow secret.attacker.test")]
    [InlineData("api.test.evil.test:443", "403", "no rule")]
    [InlineData("127.0.0.1:443", "403", "address")]
    [InlineData("127.1:443", "403", "address")]
    [InlineData("0x7f.1:443", "403", "address")]
    [InlineData("2130706433:443", "403", "address")]
    [InlineData("198.18.0.1:443", "403", "address")]
    [InlineData("169.254.169.254:80", "403", "address")]
    [InlineData("metadata.google.internal:80", "403", "credentials")]
    [InlineData("api.test.:443", "400", "dot")]
    [InlineData("user@api.test:443", "400", "host and port")]
    [InlineData("[::1]:443", "400", "host and port")]
    [InlineData("api.test", "400", "host and port")]
    [InlineData("http://api.test:443/", "400", "host and port")]
    [InlineData("api.test%00.evil:443", "400", "no host name")]
    [InlineData("api.test:0", "400", "host and port")]
    [InlineData("api.test:0443", "400", "host and port")]
    [InlineData("api.test:65536", "400", "host and port")]
    public async Task Connect_AnythingElse_IsRefusedBeforeAnyResolving(string target, string status, string says)
    {
        await using World world = World.Open(World.Rule(443));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, $"CONNECT {target} HTTP/1.1\r\n\r\n");
        string answer = await ReadAsync(inside);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(says, answer, StringComparison.Ordinal);
        Assert.Empty(world.Names.Asked);
        Assert.Single(world.Log.Refused);
    }

    [Fact]
    public async Task Connect_AddressThatStandsForAName_IsThatName()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        string address = AddressText.Of(await world.LookUpAsync("api.test"));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, $"CONNECT {address}:{server.Port} HTTP/1.1\r\n\r\n");
        inside.Socket.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(inside), StringComparison.Ordinal);
        await inside.Handled;
        Assert.Equal("api.test", Assert.Single(world.Log.Ended).Name);
    }

    [Fact]
    public async Task Connect_NameThatDoesNotResolve_Is502()
    {
        await using World world = World.Open(World.Rule(443, host: "gone.test"));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, "CONNECT gone.test:443 HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", await ReadAsync(inside), StringComparison.Ordinal);
        Assert.Equal("unresolvable", Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Connect_SilentNameServer_Is504InTime()
    {
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(443)] },
            new EgressGatewayOptions { ResolveTimeout = TimeSpan.FromMilliseconds(300), ResolveTryTimeout = TimeSpan.FromMilliseconds(100) });
        world.Names.Answer = static (_, _) => [];
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, "CONNECT api.test:443 HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 504 ", await ReadAsync(inside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_TlsRuleAndOtherBytes_ClosesTheTunnelWithoutPassingOne()
    {
        var got = new TaskCompletionSource<int>();
        await using var server = new OutsideServer(async stream => got.TrySetResult(await stream.ReadAsync(new byte[1])));
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Tls));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, $"CONNECT api.test:{server.Port} HTTP/1.1\r\n\r\nSSH-2.0-tunnel\r\n");
        await inside.Handled;
        Assert.Equal("protocol", Assert.Single(world.Log.Refused).Code);
        Assert.Equal(("protocol", 0L), (Assert.Single(world.Log.Ended).Ended, world.Log.Ended[0].BytesOut));
        await Assert.ThrowsAnyAsync<Exception>(async () => Assert.NotEqual(0, await got.Task.WaitAsync(TimeSpan.FromMilliseconds(200), Token)));
    }

    [Fact]
    public async Task Head_ThatNeverEnds_IsBounded()
    {
        await using World world = World.Open(World.Rule(443));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, "CONNECT api.test:443 HTTP/1.1\r\nX: " + new string('a', 20_000));
        Assert.StartsWith("HTTP/1.1 400 ", await ReadAsync(inside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AbsoluteForm_WithoutAnyHttpRule_Is403()
    {
        await using World world = World.Open(World.Rule(443));
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", await ReadAsync(inside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AbsoluteForm_WithAnInspector_GoesThereWithEveryByte()
    {
        var inspector = new KeepingInspector();
        await using World world = World.Open(
            new EgressPlan { Allow = [World.Rule(80, EgressProtocol.Http)] }, new EgressGatewayOptions { Inspector = _ => inspector });
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        const string Request = "GET http://api.test/ HTTP/1.1\r\n\r\n";
        await SendAsync(inside, Request);
        inside.Socket.Shutdown(SocketShutdown.Send);
        await inside.Handled;
        Assert.Equal((null, Request, false), (inspector.Connection!.Name, inspector.Bytes, inspector.Connection.IsTls));
    }

    [Fact]
    public async Task Connect_InspectedRule_GoesToTheInspectorAfter200()
    {
        var inspector = new KeepingInspector();
        await using World world = World.Open(
            new EgressPlan { Allow = [World.Rule(443, EgressProtocol.Tls) with { Inspect = true }] }, new EgressGatewayOptions { Inspector = _ => inspector });
        InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await SendAsync(inside, "CONNECT api.test:443 HTTP/1.1\r\n\r\nhello");
        inside.Socket.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(inside), StringComparison.Ordinal);
        await inside.Handled;
        Assert.Equal(("api.test", "hello", true), (inspector.Connection!.Name, inspector.Bytes, inspector.Connection.IsTls));
        Assert.Equal(0, world.Gateway.MemoryReserved);
    }

    private static async Task SendAsync(InsideSocket inside, string text)
    {
        try
        {
            await inside.Stream.WriteAsync(Encoding.Latin1.GetBytes(text), Token);
        }
        catch (IOException)
        {
            // Refused before it was all said: the answer is what counts.
        }
    }

    private static async Task<string> ReadAsync(InsideSocket inside)
    {
        using var memory = new MemoryStream();
        await inside.Stream.CopyToAsync(memory, Token).WaitAsync(TimeSpan.FromSeconds(10), Token);
        inside.Stream.Close();
        return Encoding.Latin1.GetString(memory.ToArray());
    }

    private sealed class KeepingInspector : IInspector
    {
        public InspectedConnection? Connection { get; private set; }

        public string Bytes { get; private set; } = "";

        public async Task RunAsync(InspectedConnection connection, CancellationToken cancellationToken)
        {
            Connection = connection;
            using var memory = new MemoryStream();
            await connection.Stream.CopyToAsync(memory, cancellationToken);
            Bytes = Encoding.Latin1.GetString(memory.ToArray());
            await connection.Stream.EndWritingAsync(cancellationToken);
        }
    }
}
