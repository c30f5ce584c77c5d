using System.Diagnostics;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Fuzz;

/// <summary>
/// Over real sockets: a guest that sends random frames, floods, lies or falls silent while the host works on its channels. The wire closes
/// with a reason
/// within a second, memory stays bounded, and a second connection beside it keeps working. Measures time, so it runs alone.
/// </summary>
[Collection(MeasuringTests.Name)]
public sealed class SessionFuzzTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => FuzzSeeds.Data;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Sessions_HostileGuest_CloseWithAReasonAndLeaveTheNeighbourAlone(int seed)
    {
        await using GuestConnection neighbour = await AutoGuest.ConnectAsync();
        using var over = new CancellationTokenSource();
        Task<(int Runs, TimeSpan Longest)> working = WorkAsync(neighbour, over.Token);
        var reasons = new Dictionary<GoAwayReason, int>();
        try
        {
            for (int i = 0; i < FuzzSeeds.Times(FuzzSeeds.ShortSessions); i++)
            {
                GoAway why = await SessionAsync(new Random(unchecked((seed * 31) + i)), $"seed {seed}, session {i}");
                reasons[why.Reason] = reasons.GetValueOrDefault(why.Reason) + 1;
            }
        }
        finally
        {
            await over.CancelAsync();
        }

        (int runs, TimeSpan longest) = await working;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}: {string.Join(", ", reasons)}; beside it {runs} commands, the longest {longest.TotalMilliseconds:0.0} ms");
        Assert.True(runs > 0, "the neighbour did nothing");
        Assert.True(longest < TimeSpan.FromSeconds(1), $"the neighbour waited {longest}");
        Assert.False(neighbour.Closed.IsCompleted);
        Assert.Equal(0, neighbour.BufferUsed);
    }

    private static async Task<(int Runs, TimeSpan Longest)> WorkAsync(GuestConnection host, CancellationToken over)
    {
        int runs = 0;
        TimeSpan longest = TimeSpan.Zero;
        while (!over.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            await using GuestChannel channel = await host.StartAsync(new CommandRequest { Arguments = ["true"] }, Token);
            Assert.Equal(0, (await channel.Exited).Code);
            await channel.Completed;
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            longest = took > longest ? took : longest;
            runs++;
        }

        return (runs, longest);
    }

    private static async Task<GoAway> SessionAsync(Random random, string which)
    {
        var time = new FakeTime();
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync(new GuestConnectionOptions { TimeProvider = time });
        await using ScriptedGuest ending = guest;
        Task draining = random.Next(3) > 0 ? DrainAsync(guest) : Task.CompletedTask;
        Task[] activity = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => UseAsync(host, i))];
        bool silent = random.Next(4) == 0;
        long breach = 0;
        try
        {
            ushort[] ids = [1, 3, 5];
            var walk = new GuestWalk(random, [.. ids.Select(static id => (id, ChannelKind.Command, 65536, 4096))]);
            byte[] bytes = walk.Take(random.Next(1, 60));
            if (random.Next(3) > 0)
                bytes = Mutation.Apply(random, bytes, walk.Frames);
            await guest.RawAsync(bytes);
            breach = Stopwatch.GetTimestamp();
            if (silent)
                time.Advance(TimeSpan.FromSeconds(16));
            else
                await LieAsync(guest, random);
        }
        catch (IOException)
        {
            // Closed on in the middle.
        }

        if (breach == 0)
            breach = Stopwatch.GetTimestamp();
        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        TimeSpan took = Stopwatch.GetElapsedTime(breach);
        Assert.True(took < TimeSpan.FromSeconds(1), $"{which}: closed after {took}");
        Assert.True(why.Reason == GoAwayReason.ProtocolViolation
            || why.Message.StartsWith("the guest says: ", StringComparison.Ordinal), $"{which}: {why}");
        Assert.InRange(host.BufferUsed, 0, WireLimits.MaxSandboxBuffer);
        await Task.WhenAll(activity).WaitAsync(ScriptedGuest.Patience, Token);
        Assert.True(host.BufferUsed == 0, $"{which}: {host.BufferUsed} bytes of credit are lost");
        await draining;
        return why;
    }

    /// <summary>Ends each session with a breach that no state excuses, some of them as a flood.</summary>
    private static async Task LieAsync(ScriptedGuest guest, Random random)
    {
        byte[] noise = new byte[random.Next(64, 200_000)];
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(noise);
                noise[4] = 0xFF;
                await guest.RawAsync(noise);
                await guest.RawAsync(noise);
                break;
            case 1:
                for (int i = 0; i < 4096; i++)
                    await guest.DataAsync((ushort)random.Next(1, 65536), noise.AsSpan(0, 64));
                break;
            case 2:
                for (int i = 0; i < 64; i++)
                    await guest.CreditAsync((ushort)random.Next(1, 6), uint.MaxValue);
                break;
            default:
                for (int i = 0; i < 64; i++)
                    await guest.OpenedAsync((ushort)((random.Next(1, 4) * 2) - 1));
                await guest.ReadyAsync();
                break;
        }

        // Whatever was cut by a mutation before, this is long enough to be read as a frame, and right as none.
        byte[] last = new byte[2 * (WireLimits.MaxPayload + WireLimits.HeaderSize)];
        last.AsSpan().Fill(0xFF);
        await guest.RawAsync(last);
    }

    private static async Task UseAsync(GuestConnection host, int number)
    {
        try
        {
            await using GuestChannel channel = await host.StartAsync(ScriptedGuest.Command, Token);
            byte[] buffer = new byte[10_000];
            switch (number % 4)
            {
                case 0:
                    while (await channel.Output.ReadAsync(buffer, Token) > 0)
                    {
                    }

                    break;
                case 1:
                    while (true)
                        await channel.Input.WriteAsync(buffer, Token);
                case 2:
                    await channel.SignalAsync(15, SignalScope.Tree, Token);
                    await channel.Exited;
                    break;
                default:
                    await channel.Completed;
                    break;
            }
        }
        catch (Exception e) when (e is GuestClosedException or ChannelOpenException)
        {
            // As it must end.
        }
    }

    private static async Task DrainAsync(ScriptedGuest guest)
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (await guest.Wire.ReadAsync(buffer, Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The host is gone, or the session over.
        }
    }
}
