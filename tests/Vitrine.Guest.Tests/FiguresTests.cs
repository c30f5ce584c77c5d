using System.Diagnostics;
using System.Globalization;
using Vitrine.Guest.Tests.Support;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>What the guest costs. The bounds leave room for a busy machine; the figures themselves are in the output.</summary>
public sealed class FiguresTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_AfterWork_StaysSmall()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ToEndAsync(Run.Request("true"));
        (int Guest, int Runner) idle = Private(sandbox);
        for (int i = 0; i < 1000; i++)
            await sandbox.Guest.ToEndAsync(Run.Request("true"));
        await sandbox.Guest.ToEndAsync(Run.Request("head", "-c", "64M", "/dev/zero"));
        await sandbox.Guest.ToEndAsync(Run.Request("true"));
        (int Guest, int Runner) after = Private(sandbox);
        TestContext.Current.TestOutputHelper?.WriteLine($"private dirty kB: PID 1 {idle.Guest} idle, {after.Guest} after 1,000 commands and 64 MiB; runner {idle.Runner}, {after.Runner}");
        Assert.InRange(idle.Guest, 100, 800);
        Assert.InRange(idle.Runner, 100, 600);
        Assert.InRange(after.Guest, 100, 1600);
        Assert.InRange(after.Runner, 100, 1000);
    }

    [Fact]
    public async Task Connect_OneGibibyteIn_IsQuick()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { WayOut = true, Handler = new Outside() });
        double best = 0;
        for (int i = 0; i < 3; i++)
        {
            Outcome outcome = await sandbox.Guest.PythonAsync(
                """
                import socket,time
                s = socket.create_connection(('192.0.2.7', 20)); b = bytearray(1 << 18); total = 0; start = time.monotonic()
                while n := s.recv_into(b): total += n
                print(total, time.monotonic() - start)
                """);
            string[] words = outcome.Text.Split(' ');
            Assert.Equal("1073741824", words[0]);
            best = Math.Max(best, 1024 / double.Parse(words[1], CultureInfo.InvariantCulture));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"1 GiB host to inside over one connection: {best:F0} MiB/s, best of 3");
        Assert.InRange(best, 100, 100_000);
    }

    [Fact]
    public async Task Exec_BackToBack_IsQuick()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        CommandRequest request = Run.Request("/usr/bin/true");
        var times = new List<double>();
        for (int i = 0; i < 500; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await sandbox.Guest.ToEndAsync(request);
            if (i >= 100)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Report("back to back", times);
        Assert.InRange(times[times.Count / 2], 0.05, 10);
    }

    [Fact]
    public async Task Exec_OnePerTenMilliseconds_IsQuick()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        CommandRequest request = Run.Request("/usr/bin/true");
        var times = new List<double>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < 250; i++)
        {
            await pace.WaitForNextTickAsync(Token);
            long start = Stopwatch.GetTimestamp();
            await sandbox.Guest.ToEndAsync(request);
            if (i >= 50)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Report("one per 10 ms", times);
        Assert.InRange(times[times.Count / 2], 0.05, 10);
    }

    [Fact]
    public async Task Runners_AreServedAgainAndNotHoarded()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => sandbox.Guest.ShellAsync("sleep 0.2")));
        for (int i = 0; i < 50; i++)
            await sandbox.Guest.ToEndAsync(Run.Request("true"));
        Assert.InRange(sandbox.HostPids("runner").Length, 1, 2);
    }

    [Fact]
    public async Task Runners_NonePrepared_LeaveWithTheirCommand()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(setup: new GuestSetup { PreparedHelpers = 0 });
        Assert.Equal("1\n", (await sandbox.Guest.ShellAsync("echo 1")).Text);
        Assert.Equal("2\n", (await sandbox.Guest.ShellAsync("echo 2")).Text);
        Assert.True(SpinWait.SpinUntil(() => sandbox.HostPids("runner").Length == 0, TimeSpan.FromSeconds(5)));
    }

    private static void Report(string what, List<double> times)
    {
        times.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"exec {what}: p50 {times[times.Count / 2]:0.000} ms, p95 {times[times.Count * 95 / 100]:0.000} ms (n={times.Count})"));
    }

    private static (int Guest, int Runner) Private(Sandbox sandbox) =>
        (Private(sandbox.HostPids("init").Min()), Private(sandbox.HostPids("runner").Min()));

    private static int Private(int pid)
    {
        string line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith("Private_Dirty:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
