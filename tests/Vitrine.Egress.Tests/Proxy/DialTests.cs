using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Proxy;

/// <summary>From a name to a connection outside.</summary>
public sealed class DialTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dial_FirstAddressRefuses_TakesTheNextAtOnce()
    {
        await using OutsideServer server = OutsideServer.Echo("127.0.0.2");
        await using World world = World.Open(World.Rule(server.Port));
        world.Names.Records["api.test"] = ["127.0.0.1", "127.0.0.2"];
        var watch = Stopwatch.StartNew();
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await RelayTests.EchoAsync(inside);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        inside.Stream.Close();
        await inside.Handled;
        Assert.Equal("127.0.0.2", Assert.Single(world.Log.Ended).Address);
    }

    [Fact]
    public async Task Dial_ForbiddenAndAllowedAddress_TakesTheAllowedOne()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        world.Names.Records["api.test"] = ["224.0.0.1", "127.0.0.1", "::ffff:0.0.0.0"];
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await RelayTests.EchoAsync(inside);
    }

    [Fact]
    public async Task Dial_ManyNamesBelowAWildcard_ArePassedUpToTheBudgetAndNeverAskedBeyond()
    {
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(443, host: "*.api.test")], NamesPerWildcard = 5 });
        for (int index = 0; index < 20; index++)
        {
            InsideSocket inside = await world.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
            await inside.Stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT n{index}.api.test:443 HTTP/1.1\r\n\r\n"), Token);
            inside.Socket.Shutdown(SocketShutdown.Send);
            await inside.Handled;
        }

        Assert.Equal(5, world.Names.Asked.Select(static one => one.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(("wildcard-flood", "*.api.test"), (Assert.Single(world.Log.Alarms).Kind, world.Log.Alarms[0].Host));
        Assert.Equal(15, world.Log.Refused.Count(static one => one.Code == "name-budget"));
    }

    [Fact]
    public async Task Dial_ThroughAnUpstreamProxy_AsksItForTheName()
    {
        string asked = "";
        await using var proxy = new OutsideServer(async stream =>
        {
            byte[] buffer = new byte[1024];
            int length = 0;
            while (!Encoding.ASCII.GetString(buffer, 0, length).EndsWith("\r\n\r\n", StringComparison.Ordinal))
                length += await stream.ReadAsync(buffer.AsMemory(length));
            asked = Encoding.ASCII.GetString(buffer, 0, length);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nX: y\r\n\r\nfirst "u8.ToArray());
            await stream.CopyToAsync(stream);
        });
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(25)], UpstreamProxy = $"http://127.0.0.1:{proxy.Port}" });
        InsideSocket inside = await world.ConnectAsync("api.test", 25);
        await inside.Stream.WriteAsync("last"u8.ToArray(), Token);
        byte[] got = new byte[10];
        await inside.Stream.ReadExactlyAsync(got, Token);
        Assert.Equal("first last", Encoding.ASCII.GetString(got));
        inside.Stream.Close();
        await inside.Handled;
        Assert.Equal("CONNECT api.test:25 HTTP/1.1\r\nHost: api.test:25\r\n\r\n", asked);
        Assert.Equal($"proxy 127.0.0.1:{proxy.Port}", Assert.Single(world.Log.Ended).Address);
        Assert.Empty(world.Names.Asked);
    }

    [Fact]
    public async Task Dial_UpstreamProxyThatSaysNo_IsUnreachable()
    {
        await using var proxy = new OutsideServer(static async stream =>
        {
            _ = await stream.ReadAtLeastAsync(new byte[1024], 1);
            await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"u8.ToArray());
        });
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(25)], UpstreamProxy = $"http://127.0.0.1:{proxy.Port}" });
        InsideSocket inside = await world.ConnectAsync("api.test", 25);
        await inside.Handled;
        Assert.Equal("unreachable", Assert.Single(world.Log.Refused).Code);
        Assert.Contains("407", world.Log.Refused[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_NameInTheHostsTable_IsNotAskedFor()
    {
        string hosts = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(hosts, "# a comment\n127.0.0.2 other API.test # more\n", Token);
            await using OutsideServer server = OutsideServer.Echo("127.0.0.2");
            await using var names = new NameServer();
            await using var gateway = new EgressGateway(new EgressGatewayOptions { Hosts = hosts });
            EgressRule rule = World.Rule(server.Port);
            await using EgressSession session = gateway.OpenSession(
                new EgressPlan { Allow = [rule], Resolvers = [names.EndPoint.ToString()] }, "sandbox", new RecordingLog());
            using Egress.Proxy.OutsideConnection connection = await session.DialAsync("api.test", server.Port, rule, Token);
            Assert.Equal(IPAddress.Parse("127.0.0.2"), connection.Address);
            Assert.Empty(names.Asked);
        }
        finally
        {
            File.Delete(hosts);
        }
    }
}
