using System.Net.Sockets;
using System.Text;
using Vitrine.Audit.Events;
using Vitrine.Egress.Dns;
using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Proxy;

/// <summary>Connections of programs that know no proxy, end to end over real sockets.</summary>
public sealed class PassThroughTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_AllowedName_CarriesBytesBothWaysAndTellsOnce()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Stream.WriteAsync("hello"u8.ToArray(), Token);
        inside.Socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(inside.Stream);
        Assert.Equal("hello", await reader.ReadToEndAsync(Token));
        await inside.Handled;

        EgressConnection told = Assert.Single(world.Log.Ended);
        Assert.Equal(("api.test", (int)server.Port, "127.0.0.1", "tcp", "egress.allow[0]"), (told.Name, told.Port, told.Address, told.Protocol, told.Rule));
        Assert.Equal((5L, 5L, "closed"), (told.BytesOut, told.BytesIn, told.Ended));
        Assert.Empty(world.Log.Refused);
        Assert.Equal(0, world.Gateway.MemoryReserved);
    }

    [Fact]
    public async Task Connect_OtherPortOfAllowedName_IsRefusedWithRuleAndHint()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(1));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        Assert.Contains("egress.allow[0]", await inside.Refused.WaitAsync(Token), StringComparison.Ordinal);
        await inside.Handled;
        EgressRefused told = Assert.Single(world.Log.Refused);
        Assert.Equal(("port", "api.test", (int)server.Port, "egress.allow[0]"), (told.Code, told.Host, told.Port, told.Rule));
        Assert.Contains("--allow api.test:", told.Hint, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
        Assert.Empty(world.Names.Asked);
    }

    [Fact]
    public async Task LookUp_DeniedName_DoesNotExistAndIsNeverAskedOutside()
    {
        await using World world = World.Open(World.Rule(443));
        Assert.Equal(0u, await world.LookUpAsync("c2VjcmV0.attacker.test"));
        Assert.Equal("c2vjcmv0.attacker.test", Assert.Single(world.Log.Refused).Host);
        Assert.Empty(world.Names.Asked);
    }

    [Theory]
    [InlineData(0x7F000001u, "raw-address")]
    [InlineData(0x08080808u, "raw-address")]
    [InlineData(0xC6120001u, "raw-address")]
    [InlineData(0xC6120105u, "raw-address")]
    public async Task Connect_RawAddress_IsRefused(uint address, string code)
    {
        await using World world = World.Open(World.Rule(443));
        InsideSocket inside = await world.ConnectAsync(address, 443);
        await inside.Handled;
        Assert.True(inside.Refused.IsCompleted);
        Assert.Equal(code, Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Connect_MetadataAddress_RaisesAnAlarm()
    {
        await using World world = World.Open(World.Rule(80));
        InsideSocket inside = await world.ConnectAsync(0xA9FEA9FE, 80);
        await inside.Handled;
        Assert.Equal(("metadata", "169.254.169.254"), (Assert.Single(world.Log.Alarms).Kind, world.Log.Alarms[0].Host));
    }

    [Theory]
    [InlineData("127.0.0.1", "forbidden-address")]
    [InlineData("10.1.2.3", "forbidden-address")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("0.0.0.0", "forbidden-address")]
    [InlineData("198.18.0.1", "forbidden-address")]
    public async Task Connect_NameOnForbiddenAddress_IsRefusedAtDialTime(string address, string code)
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port) with { Internal = false });
        world.Names.Records["api.test"] = [address];
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Handled;
        Assert.Equal(code, Assert.Single(world.Log.Refused).Code);
        Assert.Equal(0, server.Connections);
        Assert.Equal(code == "metadata" ? 1 : 0, world.Log.Alarms.Count);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    public async Task Connect_InternalNameOnMetadataAddress_IsStillRefused(string address)
    {
        await using World world = World.Open(World.Rule(80));
        world.Names.Records["api.test"] = ["127.0.0.1", address];
        InsideSocket inside = await world.ConnectAsync("api.test", 80);
        await inside.Handled;
        Assert.Equal("metadata", Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Connect_NameThatMovesBetweenAnswers_ReachesOnlyWhatWasJudged()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        int asked = 0;
        world.Names.Answer = (question, _) => question.Type != DnsType.A ? NameServer.Write(question, DnsCode.None, [])
            : NameServer.Write(question, DnsCode.None, [Interlocked.Increment(ref asked) == 1 ? "127.0.0.1" : "169.254.169.254"]);
        InsideSocket first = await world.ConnectAsync("api.test", server.Port);
        first.Socket.Shutdown(SocketShutdown.Send);
        await first.Handled;
        InsideSocket second = await world.ConnectAsync("api.test", server.Port);
        await second.Handled;
        Assert.Equal(2, asked);
        Assert.Equal("127.0.0.1", Assert.Single(world.Log.Ended).Address);
        Assert.Equal("metadata", Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Tls_HelloForTheName_PassesUntouched()
    {
        byte[] hello = [.. Hello.For("API.test"), 1, 2, 3];
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Tls));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        foreach (byte one in hello)
            await inside.Stream.WriteAsync(new[] { one }, Token);
        byte[] echo = new byte[hello.Length];
        await inside.Stream.ReadExactlyAsync(echo, Token);
        Assert.Equal(hello, echo);
        inside.Stream.Close();
        await inside.Handled;
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "other name", Hello.For("evil.test"), "sni-differs" },
        { "no name", Hello.For(null), "sni-missing" },
        { "name with a dot at its end", Hello.For("api.test."), "sni-differs" },
        { "encrypted hello", Hello.For("api.test", isEncrypted: true), "ech" },
        { "HTTP", "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), "protocol" },
        { "SSH", "SSH-2.0-x\r\n"u8.ToArray(), "protocol" },
        { "65 KiB", Hello.For("api.test", padding: 70000), "protocol" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Tls_AnythingElse_IsClosedBeforeAByteGoesOut(string what, byte[] bytes, string code)
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Tls));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Stream.WriteAsync(bytes, Token);
        await inside.Handled;
        EgressRefused told = Assert.Single(world.Log.Refused);
        Assert.True(code == told.Code, $"{what}: {told.Code}");
        Assert.Equal(0, server.Connections);
        Assert.Empty(world.Names.Asked);
    }

    [Fact]
    public async Task Tls_SilentClient_IsClosedInTime()
    {
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(443, EgressProtocol.Tls)] },
            new EgressGatewayOptions { HelloTimeout = TimeSpan.FromMilliseconds(100) });
        InsideSocket inside = await world.ConnectAsync("api.test", 443);
        await inside.Stream.WriteAsync(new byte[] { 22, 3 }, Token);
        await inside.Handled.WaitAsync(TimeSpan.FromSeconds(5), Token);
        Assert.Equal("hello-timeout", Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Ssh_Banner_Passes()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Ssh));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        byte[] banner = Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n");
        await inside.Stream.WriteAsync(banner, Token);
        byte[] echo = new byte[banner.Length];
        await inside.Stream.ReadExactlyAsync(echo, Token);
        Assert.Equal(banner, echo);
    }

    [Fact]
    public async Task Ssh_OtherBytes_AreClosed()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Ssh));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Stream.WriteAsync("SSH-1"u8.ToArray(), Token);
        await inside.Handled;
        Assert.Equal("protocol", Assert.Single(world.Log.Refused).Code);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Connect_ServerThatRefuses_ResetsTheProgramAndTells()
    {
        ushort port;
        await using (OutsideServer server = OutsideServer.Echo())
            port = server.Port;
        await using World world = World.Open(World.Rule(port));
        InsideSocket inside = await world.ConnectAsync("api.test", port);
        await inside.Handled;
        Assert.Equal("unreachable", Assert.Single(world.Log.Refused).Code);
        await Assert.ThrowsAnyAsync<IOException>(async () => await inside.Stream.ReadExactlyAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Connect_InspectedRuleWithoutInspector_IsRefused()
    {
        await using World world = World.Open(
            new EgressPlan { Allow = [World.Rule(80, EgressProtocol.Http)] }, new EgressGatewayOptions { Inspector = static _ => null });
        InsideSocket inside = await world.ConnectAsync("api.test", 80);
        await inside.Handled;
        Assert.Equal("not-inspected", Assert.Single(world.Log.Refused).Code);
    }
}
