using System.Buffers.Binary;
using Vitrine.Guest.Tests.Support;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>How the guest starts, answers, refuses and ends.</summary>
public sealed class StartTests
{
    private const int Fault = 70;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RootKind.Debian)]
    [InlineData(RootKind.Busybox)]
    [InlineData(RootKind.Empty)]
    public async Task Hello_AnyRoot_IsAnswered(RootKind root)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { Root = root });
        Assert.Equal(WireLimits.MaxVersion, sandbox.Guest.Ready.Version);
        Assert.InRange(await sandbox.Guest.PingAsync(Token), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Commands_BusyboxRoot_Run()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { Root = RootKind.Busybox });
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Shell("busybox id -u; busybox stty size") with { Terminal = new TerminalSize(90, 30), Environment = ["PATH=/bin"] });
        Assert.Equal(["1000", "30 90"], outcome.Lines);
    }

    [Fact]
    public async Task Commands_EmptyRoot_AreRefusedAndFilesWork()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { Root = RootKind.Empty });
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(() => sandbox.Guest.StartAsync(Run.Request("/bin/sh"), Token));
        Assert.Equal(Linux.Errno.ENOENT, error.Errno);
        List<FileEntry> entries = await sandbox.Guest.ListAsync("/", 1);
        Assert.Equal([".vitrine", "dev", "proc"], entries.Select(e => e.Path).ToArray());
    }

    [Fact]
    public async Task Hello_VersionsUnknown_IsRefused()
    {
        Sandbox sandbox = Sandbox.StartSilent();
        await using (sandbox)
        {
            GuestClosedException error = await Assert.ThrowsAsync<GuestClosedException>(
                () => GuestConnection.OpenAsync(sandbox.Wire, new GuestSetup(), new GuestConnectionOptions { MinVersion = 900, MaxVersion = 901 }, Token));
            Assert.Equal(GoAwayReason.VersionMismatch, error.Reason);
            Assert.Equal(Fault, await sandbox.EndedAsync());
        }
    }

    [Fact]
    public async Task Hello_LandlockRequiredWithoutRules_IsRefused()
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        GuestClosedException error = await Assert.ThrowsAsync<GuestClosedException>(
            () => GuestConnection.OpenAsync(sandbox.Wire, new GuestSetup { RequireLandlock = true }, null, Token));
        Assert.Equal(GoAwayReason.LockdownFailed, error.Reason);
    }

    [Fact]
    public async Task Hello_SwitchingWithoutCapabilities_IsRefused()
    {
        await using Sandbox sandbox = Sandbox.StartSilent(new SandboxOptions { SwitchesUser = false });
        GuestClosedException error = await Assert.ThrowsAsync<GuestClosedException>(
            () => GuestConnection.OpenAsync(sandbox.Wire, new GuestSetup { SwitchesUser = true }, null, Token));
        Assert.Equal(GoAwayReason.LockdownFailed, error.Reason);
        Assert.Contains("SETUID", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_WithoutSwitching_RunAsTheGuestsUser()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { SwitchesUser = false });
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Shell("id -u; grep -E 'Cap(Prm|Eff|Bnd)|NoNew' /proc/self/status; exit 4") with { Uid = 4321 });
        Assert.Equal("1000", outcome.Lines[0]);
        Assert.All(outcome.Lines[1..4], l => Assert.EndsWith("0000000000000000", l, StringComparison.Ordinal));
        Assert.EndsWith("1", outcome.Lines[4], StringComparison.Ordinal);
        Assert.Equal(4, outcome.Exit.Code);
    }

    [Theory]
    [InlineData(FrameType.Ping, 8)]
    [InlineData(FrameType.Open, 20)]
    [InlineData(FrameType.Ready, 0)]
    public async Task FirstFrame_NoHello_EndsTheSandbox(FrameType type, int length)
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        await sandbox.Wire.WriteAsync(Frame(type, new byte[length]), Token);
        Assert.Equal(GoAwayReason.ProtocolViolation, (await ReadGoAwayAsync(sandbox.Wire)).Reason);
        Assert.Equal(Fault, await sandbox.EndedAsync());
    }

    [Fact]
    public async Task Frame_Garbage_EndsTheSandbox()
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        byte[] garbage = new byte[512];
        new Random(7).NextBytes(garbage);
        garbage[3] = 0xff; // a length beyond any frame, whatever the seed
        await sandbox.Wire.WriteAsync(garbage, Token);
        Assert.Equal(GoAwayReason.ProtocolViolation, (await ReadGoAwayAsync(sandbox.Wire)).Reason);
        Assert.Equal(Fault, await sandbox.EndedAsync());
    }

    [Fact]
    public async Task Wire_Closed_EndsEverythingInside()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Shell("trap '' TERM HUP; echo up; setsid sleep 1000 & while :; do sleep 1; done"), Token);
        await channel.LineWithAsync("up");
        int[] inside = sandbox.HostPids("sleep");
        Assert.NotEmpty(inside);
        await sandbox.Guest.DisposeAsync();
        Assert.Equal(0, await sandbox.EndedAsync());
        Assert.All(inside, pid => Assert.False(Directory.Exists($"/proc/{pid}") && File.ReadAllText($"/proc/{pid}/cmdline").Contains("sleep", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Open_EvenId_EndsTheSandbox()
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        var writer = new WireWriter();
        new GuestSetup().Write(writer);
        await sandbox.Wire.WriteAsync(Frame(FrameType.Hello, writer.Written), Token);
        await ReadFrameAsync(sandbox.Wire);
        await sandbox.Wire.WriteAsync(Frame(FrameType.Open, [2, 0, 80], channel: 2), Token);
        Assert.Equal(GoAwayReason.ProtocolViolation, (await ReadGoAwayAsync(sandbox.Wire)).Reason);
    }

    [Fact]
    public async Task Open_UnknownKind_IsRefusedAlone()
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        var writer = new WireWriter();
        new GuestSetup().Write(writer);
        await sandbox.Wire.WriteAsync(Frame(FrameType.Hello, writer.Written), Token);
        await ReadFrameAsync(sandbox.Wire);
        await sandbox.Wire.WriteAsync(Frame(FrameType.Open, [99], channel: 1), Token);
        (FrameHeader header, byte[] payload) = await ReadFrameAsync(sandbox.Wire);
        Assert.Equal(FrameType.OpenFailed, header.Type);
        Assert.Equal(Linux.Errno.ENOSYS, ChannelOpenFailed.Read(payload).Errno);
        await sandbox.Wire.WriteAsync(Frame(FrameType.Ping, new byte[8]), Token);
        Assert.Equal(FrameType.Pong, (await ReadFrameAsync(sandbox.Wire)).Header.Type);
    }

    [Fact]
    public async Task Ping_HostThatNeverReads_StopsTheGuestTakingMore()
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        var writer = new WireWriter();
        new GuestSetup().Write(writer);
        await sandbox.Wire.WriteAsync(Frame(FrameType.Hello, writer.Written), Token);
        await ReadFrameAsync(sandbox.Wire);

        // Each ping makes a pong. With both sockets' buffers full the guest must stop reading: then writing here stops, too.
        byte[] pings = Enumerable.Repeat(Frame(FrameType.Ping, new byte[8]), 4000).SelectMany(f => f).ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(TimeSpan.FromSeconds(3));
        long sent = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (sent < 64 << 20)
            {
                await sandbox.Wire.WriteAsync(pings, stop.Token);
                sent += pings.Length;
            }
        });
        Assert.InRange(sent, 1, 4 << 20);
    }

    private static byte[] Frame(FrameType type, ReadOnlySpan<byte> payload, ushort channel = 0)
    {
        byte[] frame = new byte[8 + payload.Length];
        if (type >= FrameType.Open && channel == 0)
            channel = 1;
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[4] = (byte)type;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(6), channel);
        payload.CopyTo(frame.AsSpan(8));
        return frame;
    }

    private static async Task<(FrameHeader Header, byte[] Payload)> ReadFrameAsync(Stream wire)
    {
        byte[] head = new byte[8];
        await wire.ReadExactlyAsync(head, Token);
        var header = FrameHeader.Read(head);
        byte[] payload = new byte[header.Length];
        await wire.ReadExactlyAsync(payload, Token);
        return (header, payload);
    }

    private static async Task<GoAway> ReadGoAwayAsync(Stream wire)
    {
        while (true)
        {
            (FrameHeader header, byte[] payload) = await ReadFrameAsync(wire);
            if (header.Type == FrameType.GoAway)
                return GoAway.Read(payload);
        }
    }
}
