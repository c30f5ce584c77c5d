using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Fuzz;

/// <summary>Feeds a whole connection with right and with spoilt frames, in random pieces.</summary>
public sealed class ReplayFuzzTests
{
    private const string EndOfWire = "the guest ended the wire without a reason: it died or was killed";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => FuzzSeeds.Data;

    /// <summary>The control: what keeps the rules is never refused.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Receive_RightFrames_AreAllAccepted(int seed)
    {
        for (int i = 0; i < FuzzSeeds.Times(FuzzSeeds.ShortReplays) / 10; i++)
        {
            GoAway why = await ReplayAsync(seed, i, spoil: false);
            Assert.True(why is { Reason: GoAwayReason.Lost, Message: EndOfWire }, $"seed {seed}, input {i}: {why}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Receive_SpoiltFrames_EndWithAReasonAndNothingHeld(int seed)
    {
        int breaches = 0, inputs = FuzzSeeds.Times(FuzzSeeds.ShortReplays);
        for (int i = 0; i < inputs; i++)
        {
            GoAway why = await ReplayAsync(seed, i, spoil: true);
            bool expected = why.Reason switch
            {
                GoAwayReason.ProtocolViolation => true,
                GoAwayReason.Lost => why.Message == EndOfWire,
                _ => why.Message.StartsWith("the guest says: ", StringComparison.Ordinal),
            };
            Assert.True(expected, $"seed {seed}, input {i}: {why}");
            if (why.Reason == GoAwayReason.ProtocolViolation)
                breaches++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {inputs} inputs, {breaches} breaches");
        Assert.True(breaches > inputs / 2, $"seed {seed}: only {breaches} of {inputs} inputs were breaches: the spoiling does not spoil");
    }

    private static async Task<GoAway> ReplayAsync(int seed, int index, bool spoil)
    {
        var random = new Random(HashCode(seed, index));
        var ready = new WireWriter();
        new GuestReady(1, 0, []).Write(ready);
        byte[] first = new byte[WireLimits.HeaderSize + ready.Written.Length];
        FrameHeader.Control(FrameType.Ready, ready.Written.Length).Write(first);
        ready.Written.CopyTo(first.AsSpan(WireLimits.HeaderSize));
        var wire = new ReplayStream(random);
        wire.Begin(first);

        var handler = new MixedHandler(index);
        GuestConnection host = await GuestConnection.OpenAsync(
            wire, new GuestSetup(), new GuestConnectionOptions { RequestHandler = handler }, Token);
        Task<GuestChannel>[] opening =
        [
            host.StartAsync(ScriptedGuest.Command, Token),
            host.FileAsync(new FileRequest { Operation = FileOperation.List, Path = "/" }, Token),
            host.DialAsync(80, Token),
        ];
        var walk = new GuestWalk(
            random, [(1, ChannelKind.Command, 65536, 4096), (3, ChannelKind.File, 65536, 4096), (5, ChannelKind.Dial, 4096, 0)]);
        byte[] bytes = walk.Take(random.Next(1, 30));
        wire.Go(spoil ? Mutation.Apply(random, bytes, walk.Frames) : bytes);

        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.InRange(host.BufferUsed, 0, WireLimits.MaxSandboxBuffer);
        foreach (Task<GuestChannel> one in opening)
            await JudgeEndAsync(one, $"seed {seed}, input {index}");
        await handler.EndAsync();
        Assert.True(host.BufferUsed == 0, $"seed {seed}, input {index}: {host.BufferUsed} bytes of credit are lost");
        return why;
    }

    /// <summary>All that waits has ended, and what was received can be read before the end.</summary>
    private static async Task JudgeEndAsync(Task<GuestChannel> opening, string which)
    {
        GuestChannel channel;
        try
        {
            channel = await opening.WaitAsync(ScriptedGuest.Patience, Token);
        }
        catch (Exception e) when (e is GuestClosedException or ChannelOpenException)
        {
            return;
        }

        Assert.True(channel.Exited.IsCompleted && channel.Completed.IsCompleted, which);
        byte[] buffer = new byte[256 * 1024];
        foreach (Stream stream in new[] { channel.Output, channel.Error })
        {
            int total = 0;
            try
            {
                while (await stream.ReadAsync(buffer, Token).AsTask().WaitAsync(ScriptedGuest.Patience, Token) is var count and > 0)
                    total += count;
            }
            catch (GuestClosedException)
            {
                // The wire or the channel broke before the stream's end.
            }

            Assert.InRange(total, 0, WireLimits.MaxStreamCredit);
        }

        await channel.DisposeAsync();
    }

    /// <summary>Accepts some at once, refuses some at once, and leaves the others without an answer.</summary>
    private sealed class MixedHandler(int first) : IGuestRequestHandler
    {
        private readonly List<Task<GuestChannel>> _accepted = [];
        private int _next = first;

        public void Handle(GuestRequest request)
        {
            switch (_next++ % 3)
            {
                case 0:
                    lock (_accepted)
                        _accepted.Add(request.AcceptAsync(Token).AsTask());
                    break;
                case 1:
                    request.Refuse(113, "not today");
                    break;
            }
        }

        public async Task EndAsync()
        {
            foreach (Task<GuestChannel> one in _accepted)
                await JudgeEndAsync(one, "accepted");
        }
    }

    /// <summary>Own mixing: <see cref="System.HashCode"/> differs from run to run.</summary>
    private static int HashCode(int seed, int index) => unchecked((seed * 486187739) + (index * 16777619));
}
