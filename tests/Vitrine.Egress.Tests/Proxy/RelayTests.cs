using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Vitrine.Audit.Events;
using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Proxy;

/// <summary>What goes through, how it ends, and what bounds it.</summary>
public sealed class RelayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HalfClose_OfTheProgram_LetsTheAnswerComeWhole()
    {
        await using var server = new OutsideServer(static async stream =>
        {
            byte[] hash = await SHA256.HashDataAsync(stream);
            await stream.WriteAsync(hash);
        });
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        byte[] bytes = Bytes(3_000_000);
        await inside.Stream.WriteAsync(bytes, Token);
        inside.Socket.Shutdown(SocketShutdown.Send);
        byte[] answer = new byte[32];
        await inside.Stream.ReadExactlyAsync(answer, Token);
        Assert.Equal(SHA256.HashData(bytes), answer);
        Assert.Equal(0, await inside.Stream.ReadAsync(answer, Token));
        await inside.Handled;
        Assert.Equal((3_000_000L, 32L, "closed"), Counts(world));
    }

    [Fact]
    public async Task HalfClose_OfTheServer_LetsTheProgramGoOn()
    {
        var got = new TaskCompletionSource<byte[]>();
        await using var server = new OutsideServer(async stream =>
        {
            stream.Socket.Shutdown(SocketShutdown.Send);
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            got.SetResult(memory.ToArray());
        });
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        Assert.Equal(0, await inside.Stream.ReadAsync(new byte[1], Token));
        await inside.Stream.WriteAsync(new byte[] { 1, 2, 3 }, Token);
        inside.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal([1, 2, 3], await got.Task.WaitAsync(Token));
        await inside.Handled;
        Assert.Equal((3L, 0L, "closed"), Counts(world));
    }

    [Fact]
    public async Task Download_OfManyBytes_ComesWholeToASlowReader()
    {
        byte[] bytes = Bytes(24_000_000);
        await using var server = new OutsideServer(stream => stream.WriteAsync(bytes).AsTask());
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[50_000];
        await Task.Delay(50, Token);
        int read;
        while ((read = await inside.Stream.ReadAsync(buffer, Token)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            if (read < 1000)
                await Task.Delay(2, Token);
        }

        Assert.Equal(SHA256.HashData(bytes), hash.GetHashAndReset());
        inside.Socket.Shutdown(SocketShutdown.Send);
        await inside.Handled;
        Assert.Equal(24_000_000, world.Log.Ended[0].BytesIn);
    }

    [Fact]
    public async Task Reset_OfTheServer_ReachesTheProgramAsAReset()
    {
        await using var server = new OutsideServer(static async stream =>
        {
            await stream.ReadExactlyAsync(new byte[1]);
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Close();
        });
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Stream.WriteAsync(new byte[] { 1 }, Token);
        await Assert.ThrowsAnyAsync<IOException>(async () => await inside.Stream.ReadExactlyAsync(new byte[1], Token));
        await inside.Handled;
        Assert.Equal("reset", Assert.Single(world.Log.Ended).Ended);
    }

    [Fact]
    public async Task Reset_AtOnce_IsToldOneWayOrTheOther()
    {
        await using var server = new OutsideServer(static stream =>
        {
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Close();
            return Task.CompletedTask;
        });
        await using World world = World.Open(World.Rule(server.Port));
        for (int count = 1; count <= 20; count++)
        {
            InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
            await inside.Handled;
            await world.Session.Log.FlushAsync();
            Assert.Equal(count, world.Log.Ended.Count + world.Log.Refused.Sum(static one => one.Count));
        }
    }

    [Fact]
    public async Task Reset_OfTheProgram_ReachesTheServerAsAReset()
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = new OutsideServer(async stream =>
        {
            ended.SetResult(await Record.ExceptionAsync(async () => await stream.ReadExactlyAsync(new byte[100], Token)));
        });
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Stream.WriteAsync(new byte[10], Token);
        await UntilAsync(() => server.Connections == 1);
        inside.Socket.LingerState = new LingerOption(true, 0);
        inside.Socket.Close();
        Exception? seen = await ended.Task.WaitAsync(TimeSpan.FromSeconds(5), Token);
        Assert.IsNotType<EndOfStreamException>(seen);
        Assert.IsType<IOException>(seen, exactMatch: false);
        await inside.Handled;
    }

    [Fact]
    public async Task Bytes_BeyondTheBudget_EndTheConnectionAndAllLaterOnes()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port) with { Bytes = 150_000 });
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        Exception? e = await Record.ExceptionAsync(async () =>
        {
            for (int count = 0; count < 100; count++)
            {
                await inside.Stream.WriteAsync(new byte[10_000], Token);
                await inside.Stream.ReadExactlyAsync(new byte[10_000], Token);
            }
        });
        Assert.IsType<IOException>(e, exactMatch: false);
        await inside.Handled;
        EgressConnection told = Assert.Single(world.Log.Ended);
        Assert.Equal((150_000L, "budget"), (told.BytesIn + told.BytesOut, told.Ended));

        InsideSocket later = await world.ConnectAsync("api.test", server.Port);
        await later.Handled;
        Assert.Equal("budget", Assert.Single(world.Log.Refused).Code);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task BytesPerSecond_AreKept()
    {
        await using OutsideServer server = OutsideServer.Sink();
        await using World world = World.Open(World.Rule(server.Port) with { BytesPerSecond = 400_000 });
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        var watch = Stopwatch.StartNew();
        await inside.Stream.WriteAsync(new byte[1_000_000], Token);
        inside.Socket.Shutdown(SocketShutdown.Send);
        await inside.Handled;
        // A second's worth goes at once, the rest takes a second and a half.
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.3, 6);
        Assert.Equal(1_000_000, world.Log.Ended[0].BytesOut);
    }

    [Fact]
    public async Task Update_ThatRevokesTheName_ClosesWithinTwoSecondsAndTells()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await EchoAsync(inside);
        var watch = Stopwatch.StartNew();
        world.Session.Update(world.Plan with { Deny = [World.Rule(server.Port) with { Id = "egress.deny[0]" }] });
        await Assert.ThrowsAnyAsync<IOException>(async () => await inside.Stream.ReadExactlyAsync(new byte[1], Token));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
        await inside.Handled;
        Assert.Equal("revoked", Assert.Single(world.Log.Ended).Ended);

        InsideSocket later = await world.ConnectAsync(0xC6120101, server.Port);
        await later.Handled;
        Assert.Equal("denied", Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Update_ThatStillAllowsTheName_LeavesItOpen()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await EchoAsync(inside);
        world.Session.Update(world.Plan with { Deny = [World.Rule(server.Port, host: "other.test")] });
        await EchoAsync(inside);
        Assert.Empty(world.Log.Ended);
    }

    [Fact]
    public async Task Dispose_OfTheSession_EndsAllOfItsConnections()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(World.Rule(server.Port));
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await EchoAsync(inside);
        await world.Session.DisposeAsync();
        Assert.True(inside.Handled.IsCompleted);
        Assert.Equal("sandbox-ended", Assert.Single(world.Log.Ended).Ended);
        InsideSocket later = await world.ConnectAsync(0xC6120101, server.Port);
        await later.Handled;
        Assert.True(later.Refused.IsCompleted);
    }

    [Fact]
    public async Task Idle_Connection_IsClosed()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(server.Port)] },
            new EgressGatewayOptions { IdleTimeout = TimeSpan.FromMilliseconds(300) });
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await EchoAsync(inside);
        await inside.Handled.WaitAsync(TimeSpan.FromSeconds(5), Token);
        Assert.Equal("idle", Assert.Single(world.Log.Ended).Ended);
    }

    [Fact]
    public async Task Reader_ThatTakesNothing_IsClosed()
    {
        await using var server = new OutsideServer(static stream => stream.WriteAsync(new byte[64_000_000]).AsTask());
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(server.Port)] },
            new EgressGatewayOptions { StallTimeout = TimeSpan.FromMilliseconds(300) });
        InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
        await inside.Handled.WaitAsync(TimeSpan.FromSeconds(8), Token);
        Assert.Equal("stalled", Assert.Single(world.Log.Ended).Ended);
    }

    [Fact]
    public async Task Connections_BeyondThePlans_AreRefused()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(server.Port)], Connections = 2 });
        InsideSocket[] two = [await world.ConnectAsync("api.test", server.Port), await world.ConnectAsync("api.test", server.Port)];
        foreach (InsideSocket one in two)
            await EchoAsync(one);
        InsideSocket third = await world.ConnectAsync("api.test", server.Port);
        await third.Handled;
        Assert.Equal("connections", Assert.Single(world.Log.Refused).Code);
        two[0].Stream.Close();
        await two[0].Handled;
        InsideSocket fourth = await world.ConnectAsync("api.test", server.Port);
        await EchoAsync(fourth);
    }

    [Fact]
    public async Task Memory_BeyondTheGateways_IsRefusedAndComesBack()
    {
        await using OutsideServer server = OutsideServer.Echo();
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(server.Port)] },
            new EgressGatewayOptions { MemoryLimit = 4 * MemoryBudget.PassThrough });
        List<InsideSocket> open = [];
        for (int count = 0; count < 4; count++)
        {
            open.Add(await world.ConnectAsync("api.test", server.Port));
            await EchoAsync(open[^1]);
        }

        InsideSocket fifth = await world.ConnectAsync("api.test", server.Port);
        await fifth.Handled;
        Assert.Equal("gateway-full", Assert.Single(world.Log.Refused).Code);
        foreach (InsideSocket one in open)
        {
            one.Stream.Close();
            await one.Handled;
        }

        Assert.Equal(0, world.Gateway.MemoryReserved);
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "it did not happen within 10 s");
            await Task.Delay(5, Token);
        }
    }

    internal static async Task EchoAsync(InsideSocket inside)
    {
        await inside.Stream.WriteAsync(new byte[] { 42 }, Token);
        byte[] one = new byte[1];
        await inside.Stream.ReadExactlyAsync(one, Token);
        Assert.Equal(42, one[0]);
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static (long Out, long In, string Ended) Counts(World world)
    {
        EgressConnection told = Assert.Single(world.Log.Ended);
        return (told.BytesOut, told.BytesIn, told.Ended);
    }
}
