using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vitrine.Conformance.Tests.Egress.World;
using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>1,000 connections at once through 20 sandboxes of one gateway: all work, a neighbour keeps its latency, memory stays in its bounds.</summary>
[Collection(OutsideDefinition.Name)]
public sealed class ManyConnectionsTests(OutsideWorld world, CrunEngine engine, ITestOutputHelper output) : IClassFixture<CrunEngine>
{
    private const int Sandboxes = 20;
    private const int Each = 50;

    /// <summary>Milliseconds over twice the quiet p99. The promise is 5 and is judged by the full form; the short one has too few samples and finds starving only.</summary>
    private static readonly double Allowance = TestMode.Count(normal: 100, full: 5);

    private static readonly int Samples = TestMode.Count(normal: 400, full: 2_000);

    // All are opened, then each carries a message a second until the input ends.
    private const string Client = """
        import select, socket, sys, time
        clients = [socket.create_connection(("tcp.allowed.example", 7007), 20) for _ in range(int(sys.argv[1]))]
        for client in clients:
            client.settimeout(20)
            client.sendall(b"hello")
        good = sum(client.recv(64) == b"hello" for client in clients)
        print(good, flush=True)
        rounds = 0
        while not select.select([sys.stdin], [], [], 1)[0]:
            for client in clients:
                client.sendall(b"again")
            good = min(good, sum(client.recv(64) == b"again" for client in clients))
            rounds += 1
        print(good, flush=True)
        """;

    [Fact]
    public async Task Connections_AThousandAtOnce_Work_AndLeaveNeighboursAlone()
    {
        await using MachineLink link = await MachineLink.StartAsync(world.Outside);
        SandboxEngine opened = await engine.OpenAsync();
        await using Sandbox neighbour = await opened.CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
        SandboxPlan plan = Plans.Of($"egress:\n{world.PolicyLines}  allow: [{{host: tcp.allowed.example, ports: [7007], protocol: tcp}}]\n");
        Sandbox[] sandboxes = await Task.WhenAll(Enumerable.Range(0, Sandboxes).Select(_ => opened.CreateAsync(plan, TestContext.Current.CancellationToken)));
        try
        {
            double quiet = await Latency.NinetyNinthAsync(neighbour, Samples);
            long before = ResidentBytes();
            long began = Stopwatch.GetTimestamp();
            SandboxCommand[] commands = await Task.WhenAll(sandboxes.Select(s => s.StartAsync(new CommandSpec
            {
                Arguments = ["/usr/bin/python3", "-I", "-c", Client, Each.ToString(CultureInfo.InvariantCulture)],
                OpenInput = true,
            }, TestContext.Current.CancellationToken)));
            StreamReader[] answers = [.. commands.Select(c => new StreamReader(c.Output, Encoding.UTF8))];
            Assert.All(await Task.WhenAll(answers.Select(a => a.ReadLineAsync())), good => Assert.Equal("50", good));
            TimeSpan opening = Stopwatch.GetElapsedTime(began);
            Assert.Equal(Sandboxes * Each, sandboxes.Sum(s => s.Egress!.Connections));
            long after = ResidentBytes();
            double loud = await Latency.NinetyNinthAsync(neighbour, Samples);

            await Task.WhenAll(commands.Select(c => c.Input.DisposeAsync().AsTask()));
            Assert.All(await Task.WhenAll(answers.Select(a => a.ReadLineAsync())), good => Assert.Equal("50", good));
            foreach (SandboxCommand command in commands)
                await command.DisposeAsync();
            double each = (after - before) / 1024.0 / (Sandboxes * Each);
            output.WriteLine(
                $"{Sandboxes * Each} connections in {opening.TotalMilliseconds:F0} ms, {each:F1} KiB of resident memory each; neighbour's p99 {quiet:F2} ms quiet, {loud:F2} ms beside them");
            Assert.InRange(each, -64, 64);
            Assert.InRange(loud, 0, (2 * quiet) + Allowance);
        }
        finally
        {
            await Task.WhenAll(sandboxes.Select(s => s.DisposeAsync().AsTask()));
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
