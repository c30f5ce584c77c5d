using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Sessions;

public sealed class EgressSessionTests
{
    [Fact]
    public async Task Environment_OfAnySession_PointsAtTheProxyAndNotAtSocks()
    {
        await using World world = World.Open();
        Assert.Equal("http://198.18.0.1:3128", world.Session.Environment["HTTPS_PROXY"]);
        Assert.Equal("http://198.18.0.1:3128", world.Session.Environment["http_proxy"]);
        Assert.Equal("localhost,127.0.0.1,::1", world.Session.Environment["no_proxy"]);
        Assert.False(world.Session.Environment.ContainsKey("ALL_PROXY"));
        Assert.Empty(world.Session.Files);
    }

    [Fact]
    public async Task Explain_RequestUnderAnInspectedRule_IsJudgedWhole()
    {
        await using World world = World.Open(
            World.Rule(443, EgressProtocol.Tls) with { Inspect = true, Methods = ["GET"], Paths = ["/v1/*"] }, World.Rule(22, EgressProtocol.Ssh, "git.test"));
        Assert.True(world.Session.Explain("api.test", 443).Allowed);
        Assert.True(world.Session.Explain("api.test", 443, "GET", "/v1/x").Allowed);
        Assert.Equal("method", world.Session.Explain("api.test", 443, "POST", "/v1/x").Code);
        Assert.Equal("path", world.Session.Explain("api.test", 443, "GET", "/v2/x").Code);
        Assert.True(world.Session.Explain("git.test", 22, "GET", "/").Allowed);
        Assert.Equal("port", world.Session.Explain("git.test", 443).Code);
        Assert.Empty(world.Names.Asked);
    }

    [Fact]
    public async Task Handle_LogThatFails_EndsThatConnectionAlone()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using var gateway = new EgressGateway();
        await using EgressSession session = gateway.OpenSession(new EgressPlan { Allow = [World.Rule(server.Port)] }, "sandbox", new BrokenLog());
        InsideSocket inside = await InsideSocket.OpenAsync(1, 1);
        await session.HandleAsync(inside);
        Assert.Equal(0, session.Connections);
        Assert.Equal(0, gateway.MemoryReserved);
    }

    [Fact]
    public async Task Meter_RuleThatChanged_KeepsWhatWasUsed()
    {
        await using World world = World.Open();
        EgressRule rule = World.Rule(443) with { Bytes = 100 };
        RuleMeter meter = world.Session.Meter(rule);
        Assert.Equal(70, meter.Take(70));
        Assert.Equal(30, meter.Take(70));
        Assert.True(meter.IsExhausted);
        world.Session.Update(world.Plan with { Allow = [rule with { Bytes = 150 }] });
        Assert.Same(meter, world.Session.Meter(rule));
        Assert.Equal(50, meter.Take(70));
    }

    private sealed class BrokenLog : IEgressLog
    {
        public ValueTask EndedAsync(Audit.Events.EgressConnection connection) => throw new IOException("the disk is full");

        public ValueTask RefusedAsync(Audit.Events.EgressRefused refusal) => throw new IOException("the disk is full");

        public ValueTask AlarmAsync(Audit.Events.EgressAlarm alarm) => throw new IOException("the disk is full");
    }
}
