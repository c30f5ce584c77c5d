using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

/// <summary>Plays peers of other ages against each other (docs/protocol.md, Versions).</summary>
public sealed class OldPeerTests
{
    private static readonly GuestConnectionOptions NewerHost = new() { MinVersion = 1, MaxVersion = 2 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_HostOfTwoVersionsAndGuestOfTheFirst_SpeakTheFirst()
    {
        (Task<GuestConnection> opening, ScriptedGuest guest) = Begin(NewerHost);
        GuestSetup setup = GuestSetup.Read((await guest.ReceiveAsync(FrameType.Hello)).Payload);
        Assert.Equal((1, 2), (setup.MinVersion, setup.MaxVersion));
        ushort chosen = Assert.NotNull(setup.ChooseVersion(min: 1, max: 1));
        Assert.Equal(1, chosen);
        await guest.ReadyAsync(chosen);
        await using GuestConnection host = await opening;
        Assert.Equal(1, host.Ready.Version);
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        await guest.ExitedAsync(id, 5);
        Assert.Equal(5, (await channel.Exited).Code);
    }

    [Fact]
    public async Task OpenAsync_HostOfTwoVersionsAndGuestOfBoth_SpeakTheSecond()
    {
        (Task<GuestConnection> opening, ScriptedGuest guest) = Begin(NewerHost);
        GuestSetup setup = GuestSetup.Read((await guest.ReceiveAsync(FrameType.Hello)).Payload);
        await guest.ReadyAsync(Assert.NotNull(setup.ChooseVersion(min: 1, max: 3)));
        await using GuestConnection host = await opening;
        Assert.Equal(2, host.Ready.Version);
    }

    [Fact]
    public async Task OpenAsync_HostTooNew_GuestRefuses()
    {
        (Task<GuestConnection> opening, ScriptedGuest guest) = Begin(new GuestConnectionOptions { MinVersion = 2, MaxVersion = 3 });
        GuestSetup setup = GuestSetup.Read((await guest.ReceiveAsync(FrameType.Hello)).Payload);
        Assert.Null(setup.ChooseVersion());
        await guest.GoAwayAsync(GoAwayReason.VersionMismatch, "this guest speaks version 1");
        Assert.Equal(GoAwayReason.VersionMismatch, (await Assert.ThrowsAsync<GuestClosedException>(() => opening)).Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(65535)]
    public async Task OpenAsync_GuestChoosesWhatWasNotOffered_ThrowsAndTellsIt(ushort version)
    {
        (Task<GuestConnection> opening, ScriptedGuest guest) = Begin(null);
        await guest.ReceiveAsync(FrameType.Hello);
        await guest.ReadyAsync(version);
        ProtocolException e = await Assert.ThrowsAsync<ProtocolException>(() => opening);
        Assert.Contains("offered were 1 to 1", e.Message, StringComparison.Ordinal);
        Assert.Equal(GoAwayReason.ProtocolViolation, GoAway.Read((await guest.ReceiveAsync(FrameType.GoAway)).Payload).Reason);
    }

    [Fact]
    public void GuestSetupRead_NewerHostAppendedFields_ReadsWhatItKnows()
    {
        var setup = new GuestSetup
        {
            MinVersion = 1,
            MaxVersion = 9,
            SwitchesUser = false,
            CommandFilter = new byte[] { 6, 0, 0, 0, 0, 0, 255, 127 },
            Landlock = [new LandlockRule("/usr", 13)],
            RequireLandlock = true,
            PreparedHelpers = 2,
        };
        var writer = new WireWriter();
        setup.Write(writer);
        writer.U32(4711).Text("of a later version").Bool(true);
        GuestSetup read = GuestSetup.Read(writer.Written);
        Assert.Equal(setup.CommandFilter.ToArray(), read.CommandFilter.ToArray());
        Assert.Equal(setup.Landlock, read.Landlock);
        Assert.Equal((false, true, (byte)2), (read.SwitchesUser, read.RequireLandlock, read.PreparedHelpers));
        Assert.Equal((ushort)1, read.ChooseVersion());
    }

    [Fact]
    public void GuestReadyRead_AppendedFields_IsABreach()
    {
        var writer = new WireWriter();
        new GuestReady(1, 7, []).Write(writer);
        writer.U8(0);
        byte[] payload = writer.Written.ToArray();
        Assert.Throws<ProtocolException>(() => GuestReady.Read(payload));
    }

    private static (Task<GuestConnection> Opening, ScriptedGuest Guest) Begin(GuestConnectionOptions? options)
    {
        (Stream host, Stream guest) = SocketPair.Create();
        return (GuestConnection.OpenAsync(host, new GuestSetup(), options, Token), new ScriptedGuest(guest));
    }
}
