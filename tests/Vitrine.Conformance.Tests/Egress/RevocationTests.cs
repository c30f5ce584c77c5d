using System.Diagnostics;
using System.Text;
using Vitrine.Conformance.Tests.Egress.World;
using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>Probes 23 and 25: rules that change while programs inside use, or hammer, what they are about.</summary>
[Collection(OutsideDefinition.Name)]
public sealed class RevocationTests(OutsideWorld world, CrunEngine engine, ITestOutputHelper output) : IClassFixture<CrunEngine>
{
    private const string Hold = """
        import socket, sys, time
        client = socket.create_connection(("tcp.allowed.example", 7007), 5)
        client.settimeout(20)
        print("open", flush=True)
        began = None
        try:
            while True:
                client.sendall(b"tick")
                if not client.recv(64):
                    break
                time.sleep(0.01)
        except OSError:
            pass
        print("closed", flush=True)
        """;

    // Counts connections that got an echo, in any way; a refusal is tried again at once.
    private const string Hammer = """
        import socket, sys, time
        got, tries, slowest = 0, 0, {}
        end = time.monotonic() + float(sys.argv[1])
        print("hammering", flush=True)
        while time.monotonic() < end:
            for kind in ("name", "address", "proxy"):
                tries += 1
                began = time.monotonic()
                try:
                    if kind == "proxy":
                        client = socket.create_connection(("198.18.0.1", 3128), 2)
                        client.sendall(b"CONNECT tcp.denied.example:7007 HTTP/1.1\r\nHost: tcp.denied.example:7007\r\n\r\n")
                        if b" 200 " not in client.recv(4096):
                            continue
                    else:
                        client = socket.create_connection(("tcp.denied.example" if kind == "name" else "11.7.0.200", 7007), 2)
                    client.sendall(b"hammer")
                    if client.recv(64):
                        got += 1
                except OSError:
                    pass
                finally:
                    slowest[kind] = max(slowest.get(kind, 0), round(time.monotonic() - began, 3))
        print("slowest", slowest)
        print("tried %d, got %d" % (tries, got), flush=True)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_WithoutTheRuleOfAnOpenTunnel_ClosesItInTwoSeconds_AndRecordsIt()
    {
        await using MachineLink link = await MachineLink.StartAsync(world.Outside);
        SandboxEngine opened = await engine.OpenAsync();
        SandboxPlan before = PlanFor("{host: tcp.allowed.example, ports: [7007], protocol: tcp, id: to-be-revoked}");
        await using Sandbox sandbox = await opened.CreateAsync(before, Token);
        long start = world.Echo.ReceivedAt(OutsideWorld.ServerAddress);
        await using SandboxCommand command = await sandbox.StartAsync(new CommandSpec { Arguments = ["/usr/bin/python3", "-I", "-c", Hold] }, Token);
        using var lines = new StreamReader(command.Output, Encoding.UTF8);
        Assert.Equal("open", await lines.ReadLineAsync(Token));
        // What connect(2) tells inside is the guest's word: the tunnel is open when the server has had bytes of it.
        Assert.True(await Eventually.TrueAsync(() => world.Echo.ReceivedAt(OutsideWorld.ServerAddress) > start, TimeSpan.FromSeconds(5)));

        long began = Stopwatch.GetTimestamp();
        sandbox.Egress!.Update(PlanFor("www.allowed.example").Egress!);
        Assert.Equal("closed", await lines.ReadLineAsync(Token));
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"closed after {took.TotalMilliseconds:F1} ms");
        Assert.InRange(took.TotalSeconds, 0, 2);
        await command.Completion;
        long received = world.Echo.ReceivedAt(OutsideWorld.ServerAddress);
        InsideResult again = await sandbox.PythonAsync("import socket; socket.create_connection(('tcp.allowed.example', 7007), 5)");
        Assert.NotEqual(0, again.Outcome.ExitCode);
        Assert.Equal(received, world.Echo.ReceivedAt(OutsideWorld.ServerAddress));
        await sandbox.DestroyAsync(EndReason.Cancelled);
        string[] ends = [.. Trail().Where(l => l.Contains("\"egress.connection\"", StringComparison.Ordinal) && l.Contains("\"to-be-revoked\"", StringComparison.Ordinal))];
        Assert.True(ends.Any(l => l.Contains("\"ended\":\"revoked\"", StringComparison.Ordinal)), string.Join('\n', ends.DefaultIfEmpty("no record")));
    }

    [Fact]
    public async Task Hammering_DuringCreationAndUpdates_NeverGetsThrough()
    {
        await using MachineLink link = await MachineLink.StartAsync(world.Outside);
        SandboxEngine opened = await engine.OpenAsync();
        _ = world.Canary.Take();
        SandboxPlan one = PlanFor("{host: tcp.allowed.example, ports: [7007], protocol: tcp}");
        SandboxPlan other = PlanFor("{host: \"*.allowed.example\", ports: [7007], protocol: tcp}");
        for (int i = 0; i < TestMode.Count(normal: 5, full: 50); i++)
        {
            // A command that hammers from its first instruction on, in a sandbox that has just come up.
            await using Sandbox sandbox = await opened.CreateAsync(i % 2 == 0 ? one : other, Token);
            Task<InsideResult> hammering = sandbox.RunAsync(new CommandSpec { Arguments = ["/usr/bin/python3", "-I", "-c", Hammer, "1.5"] });
            for (int j = 0; !hammering.IsCompleted; j++)
            {
                sandbox.Egress!.Update((j % 2 == 0 ? other : one).Egress!);
                await Task.Delay(TimeSpan.FromMilliseconds(1), Token);
            }

            InsideResult result = await hammering;
            Assert.Contains(", got 0\n", result.Output, StringComparison.Ordinal);
            output.WriteLine(result.Output);
        }

        Assert.Empty(world.Canary.Take());
    }

    [Fact]
    public async Task Control_HammeringAHostThatTheRulesAllowNowAndThen_GetsThrough()
    {
        await using MachineLink link = await MachineLink.StartAsync(world.Outside);
        SandboxEngine opened = await engine.OpenAsync();
        world.Names.Set("tcp.denied.example", OutsideWorld.ServerAddress);
        try
        {
            SandboxPlan none = PlanFor("www.allowed.example");
            SandboxPlan some = PlanFor("{host: tcp.denied.example, ports: [7007], protocol: tcp}");
            await using Sandbox sandbox = await opened.CreateAsync(none, Token);
            Task<InsideResult> hammering = sandbox.RunAsync(new CommandSpec { Arguments = ["/usr/bin/python3", "-I", "-c", Hammer, "3"] });
            for (int j = 0; !hammering.IsCompleted; j++)
            {
                sandbox.Egress!.Update((j % 2 == 0 ? some : none).Egress!);
                await Task.Delay(TimeSpan.FromMilliseconds(50), Token);
            }

            InsideResult result = await hammering;
            Assert.DoesNotContain("got 0\n", result.Output, StringComparison.Ordinal);
            Assert.Contains("got ", result.Output, StringComparison.Ordinal);
        }
        finally
        {
            world.Names.Remove("tcp.denied.example");
        }
    }

    [Fact]
    public async Task Hammering_WhileTheCommandLineIsKilled_NeverGetsThrough()
    {
        _ = world.Canary.Take();
        for (int i = 0; i < TestMode.Count(normal: 3, full: 20); i++)
        {
            using var space = new TestSpace();
            string policy = Path.Combine(space.Scratch, "policy.yaml");
            await File.WriteAllTextAsync(policy, $"version: 1\nname: hammered\negress:\n{world.PolicyLines}  allow: [{{host: tcp.allowed.example, ports: [7007], protocol: tcp}}]\n", Token);
            using Process run = HostCommand.Start(
                world.Near.Enter([HostPrograms.RequireCli(), "run", "--policy", policy, "--", "/usr/bin/python3", "-I", "-c", Hammer, "20"]),
                Residue.CommandLineRun.EnvironmentOf(space, "crun"));
            Assert.Equal("hammering", await run.StandardOutput.ReadLineAsync(Token));
            await Task.Delay(TimeSpan.FromMilliseconds(100 * i), Token);
            run.Kill();
            await run.WaitForExitAsync(Token);
            Assert.DoesNotContain("got", await run.StandardOutput.ReadToEndAsync(Token), StringComparison.Ordinal);
            // The keeper takes the sandbox away; until then its program goes on trying.
            Assert.True(await Eventually.TrueAsync(() => ControlGroups.Below(space.Name).All(g => !File.Exists(Path.Combine(g, "cgroup.procs")) || File.ReadAllText(Path.Combine(g, "cgroup.procs")).Length == 0), TimeSpan.FromSeconds(10)));
        }

        Assert.Empty(world.Canary.Take());
    }

    private SandboxPlan PlanFor(string rule) => Plans.Of($"egress:\n{world.PolicyLines}  allow:\n    - {rule}\n");

    private IEnumerable<string> Trail()
    {
        foreach (string file in Directory.GetFiles(engine.Space.DataDirectory, "*.jsonl", SearchOption.AllDirectories))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            while (reader.ReadLine() is { } line)
                yield return line;
        }
    }
}
