using System.Diagnostics;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

/// <summary>Many users of one wire, and what the wire costs.</summary>
[Collection(MeasuringTests.Name)]
public sealed class ConcurrencyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_ManyAtOnce_AllEndAndNothingIsHeld()
    {
        await using GuestConnection host = await AutoGuest.ConnectAsync();
        int ended = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (i, token) =>
        {
            var random = new Random(i);
            int bytes = random.Next(0, 300_000);
            await using GuestChannel channel = await host.StartAsync(new CommandRequest { Arguments = ["bytes", $"{bytes}"] }, token);
            switch (i % 4)
            {
                case 0:
                    await channel.Output.DisposeAsync();
                    await channel.Completed;
                    break;
                case 1:
                    // Gives up in the middle.
                    if (bytes > 0)
                        await channel.Output.ReadExactlyAsync(new byte[1], token);
                    break;
                case 2:
                    await host.PingAsync(token);
                    await channel.SignalAsync(10, SignalScope.Process, token);
                    goto default;
                default:
                    Assert.Equal(bytes, await CountAsync(channel.Output, token));
                    Assert.Equal(0, (await channel.Exited).Code);
                    break;
            }

            Interlocked.Increment(ref ended);
        });
        Assert.Equal(2000, ended);
        await host.PingAsync(Token);
        Assert.Equal(0, host.BufferUsed);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task Input_ManyWriters_AllArrives()
    {
        await using GuestConnection host = await AutoGuest.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            await using GuestChannel channel = await host.StartAsync(new CommandRequest { Arguments = ["sink"], OpenInput = true }, Token);
            byte[] buffer = new byte[100_000];
            for (int i = 0; i < 50; i++)
                await channel.Input.WriteAsync(buffer, Token);
            await channel.Input.DisposeAsync();
            Assert.Equal(0, (await channel.Exited).Code);
        })).WaitAsync(ScriptedGuest.Patience, Token);
    }

    /// <summary>
    /// The wire's share of the 0.5 ms that a command may take to start and end (HARDENING, numbers); without the guest's own work.
    /// </summary>
    [Fact]
    public async Task StartAsync_OneAfterTheOther_TakesLessThanAQuarterOfAMillisecond()
    {
        await using GuestConnection host = await AutoGuest.ConnectAsync();
        double[] micros = new double[2000];
        for (int i = 0; i < micros.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await using GuestChannel channel = await host.StartAsync(new CommandRequest { Arguments = ["true"] }, Token);
            await channel.Exited;
            await channel.Completed;
            micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        TestContext.Current.TestOutputHelper?.WriteLine($"p50 {micros[1000]:0} µs, p99 {micros[1980]:0} µs");
        Assert.InRange(micros[1000], 0, 250);
    }

    /// <summary>A pipe alone made 700 MiB/s where this was first measured.</summary>
    [Fact]
    public async Task Output_OneStream_FlowsAtLeast200MebibytesASecond()
    {
        await using GuestConnection host = await AutoGuest.ConnectAsync();
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            long total = 128 << 20;
            await using GuestChannel channel = await host.StartAsync(new CommandRequest { Arguments = ["bytes", $"{total}"] }, Token);
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(total, await CountAsync(channel.Output, Token));
            best = Math.Max(best, 128 / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{best:0} MiB/s");
        Assert.InRange(best, 200, double.MaxValue);
    }

    private static async Task<long> CountAsync(Stream stream, CancellationToken token)
    {
        byte[] buffer = new byte[65536];
        long total = 0;
        while (await stream.ReadAsync(buffer, token) is var count and > 0)
            total += count;
        return total;
    }
}
