using System.Text;
using Vitrine.Audit.Chain;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Tests;

public sealed class AuditReaderTests : IDisposable
{
    private readonly Trail trail = new();

    public static IEnumerable<AuditPayload> Everything =>
    [
        new WriterOpened { Version = "1", Pid = 7 },
        new WriterClosed(),
        new ChainSealed { TornBytes = 3, TornSha256 = "ab" },
        new ChainDamaged { Found = "x" },
        new ChainLost { Events = 2, Since = DateTimeOffset.UnixEpoch, Reason = "audit-full" },
        new SandboxFailed { Code = "runtime-missing", Message = "m", PlanDigest = "d" },
        new SandboxDestroyed { Reason = "exited", Duration = TimeSpan.FromSeconds(1.5), Cpu = TimeSpan.FromMicroseconds(12), PeakMemoryBytes = 4096, Commands = 2 },
        new CommandStarted { Argv = ["a", ""], Cwd = "/workspace", User = "user", Uid = 1000, EnvironmentNames = ["PATH", "HOME"], Terminal = true },
        new CommandEnded { ExitCode = 3, Reason = "exited", Duration = TimeSpan.FromMilliseconds(7), Cpu = TimeSpan.Zero, OutputBytes = long.MaxValue },
        new CommandEnded { Signal = 9, Reason = "oom", PeakMemoryBytes = 1 },
        new LimitHit { Limit = "memory", Count = 3, Value = 1 << 30, Counter = "memory.events oom_kill" },
        new Refused { Code = "mount-engine-socket", What = "/run/docker.sock", Rule = "p.yaml:3" },
        new LayerReported { Layer = new AuditLayer("landlock", "not-available", "kernel without it") },
        new EgressConnection
        {
            Name = "api.test",
            Port = 443,
            Address = "192.0.2.1",
            Protocol = "https",
            Rule = "egress.allow[0]",
            BytesOut = 1,
            BytesIn = 2,
            Duration = TimeSpan.FromMilliseconds(3),
            Ended = "closed",
            Method = "GET",
            Path = "/v1",
            Status = 200,
        },
        new EgressConnection { Name = "api.test", Port = 22, Protocol = "ssh", Rule = "r", Ended = "reset" },
        new EgressRefused { Code = "not-allowed", Host = "evil\u001b[2J", Port = 443, Message = "m", Rule = "r", Hint = "h", Count = 9 },
        new EgressAlarm { Kind = "metadata", Host = "169.254.169.254", Port = 80, Message = "m", Rule = "r", Count = 2 },
        new ResidueRemoved { Kind = "cgroup", Name = "/vitrine/x", Detail = "killed 3" },
    ];

    public void Dispose() => trail.Dispose();

    [Fact]
    public async Task Read_EveryEvent_IsWhatWasWritten()
    {
        foreach (AuditPayload payload in Everything)
        {
            AuditPayload read = await WriteAndReadAsync(payload);
            if (payload is CommandStarted started)
            {
                var back = Assert.IsType<CommandStarted>(read);
                Assert.Equal(started.Argv, back.Argv);
                Assert.Equal(started.EnvironmentNames, back.EnvironmentNames);
                Assert.Equal(started with { Argv = back.Argv, EnvironmentNames = back.EnvironmentNames }, back);
                continue;
            }

            Assert.Equal(payload, read);
        }
    }

    [Fact]
    public async Task Read_SandboxCreated_IsWhatWasWritten()
    {
        var created = new SandboxCreated
        {
            PlanDigest = new string('a', 64),
            Policy = "default",
            Image = "host",
            ImageMutable = true,
            Runtime = "crun",
            Layers = [new AuditLayer("seccomp", "enforced", "mode 2"), new AuditLayer("app-armor", "not-available", "not in this kernel")],
            Limits = new AuditLimits
            {
                MemoryBytes = 1L << 30,
                CpuMillis = 1000,
                Pids = 256,
                OpenFiles = 1024,
                OutputBytes = 1 << 26,
                WallClock = TimeSpan.FromMinutes(10),
                Idle = TimeSpan.Zero,
            },
            DebugUntil = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        };
        var read = Assert.IsType<SandboxCreated>(await WriteAndReadAsync(created));
        Assert.Equal(created.Layers, read.Layers);
        Assert.Equal(created with { Layers = read.Layers }, read);
    }

    [Fact]
    public async Task Read_Envelope_IsWhatWasWritten()
    {
        foreach (AuditSource source in Enum.GetValues<AuditSource>())
        {
            await using (AuditWriter writer = trail.Open())
                await writer.WriteAsync(new AuditEvent { Payload = new LimitHit { Limit = "pids" }, Source = source, Sandbox = "s", Command = "c" }, TestContext.Current.CancellationToken);
            AuditRecord record = (await trail.ReadAsync())[^2];
            Assert.Equal((source, "s", "c", "cli", trail.Clock.GetUtcNow()), (record.Event.Source, record.Event.Sandbox, record.Event.Command, record.Writer, record.Time));
        }
    }

    [Fact]
    public async Task Read_SeveralChains_AreMergedByTime()
    {
        await using (AuditWriter one = AuditWriter.Open(trail.Directory, "one", trail.Clock))
        await using (AuditWriter two = AuditWriter.Open(trail.Directory, "two", trail.Clock))
        {
            for (int i = 0; i < 6; i++)
            {
                trail.Clock.Advance(TimeSpan.FromSeconds(1));
                await (i % 2 == 0 ? one : two).WriteAsync(Trail.Numbered(i), TestContext.Current.CancellationToken);
            }
        }

        List<AuditRecord> records = await trail.ReadAsync(new AuditFilter { Type = "refused" });
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"number {i}"), records.Select(record => ((Refused)record.Event.Payload).What), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Read_Filter_ChoosesByEachOfItsMembers()
    {
        await trail.WriteAsync(3);
        Assert.Equal(3, (await trail.ReadAsync(new AuditFilter { Sandbox = "abcdefghij012345" })).Count);
        Assert.Empty(await trail.ReadAsync(new AuditFilter { Sandbox = "other" }));
        Assert.Empty(await trail.ReadAsync(new AuditFilter { Command = "1" }));
        Assert.Equal(2, (await trail.ReadAsync(new AuditFilter { Type = "writer" })).Count);
        Assert.Empty(await trail.ReadAsync(new AuditFilter { Type = "write" }));
        Assert.Empty(await trail.ReadAsync(new AuditFilter { Writer = "other" }));
        Assert.Empty(await trail.ReadAsync(new AuditFilter { Since = trail.Clock.GetUtcNow().AddSeconds(1) }));
        Assert.Equal(5, (await trail.ReadAsync(new AuditFilter { Since = trail.Clock.GetUtcNow() })).Count);
        Assert.Empty(await trail.ReadAsync(new AuditFilter { Until = trail.Clock.GetUtcNow() }));
    }

    [Fact]
    public async Task Read_LaterVersionsMembersAndEvents_AreTolerated()
    {
        string known = "{\"seq\":1,\"time\":\"2027-01-01T00:00:00Z\",\"writer\":\"cli\",\"type\":\"refused\",\"source\":\"moon\",\"new\":[1],\"data\":{\"code\":\"c\",\"what\":\"w\",\"more\":{\"x\":1}}}";
        string unknown = "{\"seq\":2,\"time\":\"2027-01-01T00:00:00Z\",\"writer\":\"cli\",\"type\":\"egress.connected\",\"source\":\"host\",\"data\":{\"host\":\"example.test\"}}";
        await trail.WriteAsync(0);
        trail.WriteLines([known, unknown]);
        List<AuditRecord> records = await trail.ReadAsync();
        Assert.Equal(new Refused { Code = "c", What = "w" }, records[0].Event.Payload);
        Assert.Equal(AuditSource.Guest, records[0].Event.Source);
        Assert.Equal("egress.connected", records[1].Event.Type);
        Assert.Equal("example.test", Assert.IsType<Unreadable>(records[1].Event.Payload).Data!.Value.GetProperty("host").GetString());
    }

    [Fact]
    public async Task Read_LinesThatAreNone_ComeAsUnreadableAndSafeToPrint()
    {
        await trail.WriteAsync(1);
        await File.AppendAllTextAsync(trail.File, "\u001b[2Jnot json\n[]\n{\"seq\":\"x\"}\n", TestContext.Current.CancellationToken);
        List<AuditRecord> records = await trail.ReadAsync(new AuditFilter { Sandbox = "none such" });
        Assert.Equal(["unreadable", "unreadable", "unreadable"], records.Select(record => record.Event.Type), StringComparer.Ordinal);
        Assert.Equal("?[2Jnot json", records[0].Line);
    }

    [Fact]
    public async Task Read_NoDirectory_IsEmpty() => Assert.Empty(await trail.ReadAsync());

    [Fact]
    public async Task Scan_EndlessLine_ComesInBoundedPieces()
    {
        await using var scanner = new LineScanner(new EndlessStream(32 * 1024 * 1024));
        int pieces = 0;
        while (await scanner.NextAsync(TestContext.Current.CancellationToken))
        {
            Assert.InRange(scanner.Line.Length, 1, 2 * ChainLine.MaxBytes);
            Assert.Equal(1, scanner.Number);
            pieces++;
        }

        Assert.InRange(pieces, 4, 8);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\n\nb", new[] { "a", "", "b" })]
    [InlineData("\n", new[] { "" })]
    public async Task Scan_AnyText_GivesItsLines(string text, string[] lines)
    {
        await using var scanner = new LineScanner(new MemoryStream(Encoding.ASCII.GetBytes(text)));
        var found = new List<string>();
        while (await scanner.NextAsync(TestContext.Current.CancellationToken))
        {
            found.Add(Encoding.ASCII.GetString(scanner.Line.Span));
            Assert.Equal(found.Count, scanner.Number);
        }

        Assert.Equal(lines, found, StringComparer.Ordinal);
    }

    private async Task<AuditPayload> WriteAndReadAsync(AuditPayload payload)
    {
        await using (AuditWriter writer = trail.Open())
            await writer.WriteAsync(new AuditEvent { Payload = payload, Source = AuditSource.Host }, TestContext.Current.CancellationToken);
        return (await trail.ReadAsync())[^2].Event.Payload;
    }
}
