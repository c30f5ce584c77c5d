using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Tests.Messages;

/// <summary>
/// What holds of every message: it comes back as it went; cut short or lengthened it is a breach; whatever bytes come, nothing but a breach
/// comes of them.
/// </summary>
public sealed class MessageTests
{
    private const int Cases = 300;

    /// <summary>
    /// Most bytes that reading one payload may allocate: strings are UTF-16, and an item of a list of one byte each is a reference or a
    /// record.
    /// </summary>
    private const long MaxAllocation = 1 << 20;

    private delegate T Reader<T>(ref WireReader reader);

    private static readonly Dictionary<string, Action<Checker>> Messages = new(StringComparer.Ordinal)
    {
        [nameof(GuestSetup)] = static c => c.Check(
            MessageGenerators.Setup, static (m, w) => m.Write(w), GuestSetup.Read, mayBeLonger: true),
        [nameof(GuestReady)] = static c => c.Check(MessageGenerators.Ready, static (m, w) => m.Write(w), GuestReady.Read),
        [nameof(GoAway)] = static c => c.Check(MessageGenerators.Away, static (m, w) => m.Write(w), GoAway.Read),
        [nameof(PingToken)] = static c => c.Check(MessageGenerators.Token, static (m, w) => m.Write(w), PingToken.Read),
        [nameof(ChannelOpened)] = static c => c.Check(MessageGenerators.Opened, static (m, w) => m.Write(w), ChannelOpened.Read),
        [nameof(ChannelOpenFailed)] = static c => c.Check(
            MessageGenerators.OpenFailed, static (m, w) => m.Write(w), ChannelOpenFailed.Read),
        [nameof(StreamCredit)] = static c => c.Check(MessageGenerators.Credit, static (m, w) => m.Write(w), StreamCredit.Read),
        [nameof(CommandSignal)] = static c => c.Check(MessageGenerators.Signal, static (m, w) => m.Write(w), CommandSignal.Read),
        [nameof(CommandExit)] = static c => c.Check(MessageGenerators.Exit, static (m, w) => m.Write(w), CommandExit.Read),
        [nameof(CommandRequest)] = static c => c.Check(MessageGenerators.Command, static (m, w) => m.Write(w), Whole(CommandRequest.Read)),
        [nameof(FileRequest)] = static c => c.Check(MessageGenerators.File, static (m, w) => m.Write(w), Whole(FileRequest.Read)),
        [nameof(FileEntry)] = static c => c.Check(MessageGenerators.Entry, static (m, w) => m.Write(w), Whole(FileEntry.Read)),
        [nameof(FileEvent)] = static c => c.Check(MessageGenerators.Event, static (m, w) => m.Write(w), Whole(FileEvent.Read)),
        [nameof(TerminalSize)] = static c => c.Check(MessageGenerators.Size, static (m, w) => m.Write(w), Whole(TerminalSize.Read)),
        [nameof(ConnectRequest)] = static c => c.Check(MessageGenerators.Connect, static (m, w) => m.Write(w), Whole(ConnectRequest.Read)),
        [nameof(ResolveRequest)] = static c => c.Check(MessageGenerators.Question, static (m, w) => m.Write(w), Whole(ResolveRequest.Read)),
        [nameof(DialRequest)] = static c => c.Check(MessageGenerators.Dial, static (m, w) => m.Write(w), Whole(DialRequest.Read)),
    };

    public static TheoryData<string> Names => [.. Messages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_Written_IsTheSame(string message) => Messages[message](new RoundTrip());

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_CutShortOrLengthened_IsABreach(string message) => Messages[message](new WrongLength());

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_Mutated_IsReadOrABreachAndAllocatesLittle(string message) => Messages[message](new Mutated());

    [Fact]
    public void Names_AllMessagesOfTheProtocol_AreTested()
    {
        IEnumerable<string> readable = typeof(GoAway).Assembly.GetTypes()
            .Where(static t => t.Namespace == typeof(GoAway).Namespace && t.GetMethod("Read") is { IsStatic: true })
            .Select(static t => t.Name);
        Assert.Equal(readable.Order(StringComparer.Ordinal), Messages.Keys.Order(StringComparer.Ordinal));
    }

    private static MessageReader<T> Whole<T>(Reader<T> read) => payload =>
    {
        var reader = new WireReader(payload);
        T message = read(ref reader);
        reader.End();
        return message;
    };

    private delegate T MessageReader<T>(ReadOnlySpan<byte> payload);

    private abstract class Checker
    {
        public void Check<T>(Gen<T> messages, Action<T, WireWriter> write, MessageReader<T> read, bool mayBeLonger = false)
        {
            Gen<(T, byte[], int)> cases = messages.SelectMany(
                m => Gen.Choose(0, int.MaxValue),
                (m, seed) =>
                {
                    var writer = new WireWriter();
                    write(m, writer);
                    return (m, writer.Written.ToArray(), seed);
                });
            FsCheck.Check.One(
                Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Cases),
                Prop.ForAll(Arb.From(cases), c => Judge(c.Item1, c.Item2, c.Item3, read, mayBeLonger)));
        }

        protected abstract void Judge<T>(T message, byte[] written, int seed, MessageReader<T> read, bool mayBeLonger);
    }

    private sealed class RoundTrip : Checker
    {
        // Records hold lists, which are equal by reference only: their text is compared.
        protected override void Judge<T>(T message, byte[] written, int seed, MessageReader<T> read, bool mayBeLonger) =>
            Assert.Equal(JsonSerializer.Serialize(message), JsonSerializer.Serialize(read(written)));
    }

    private sealed class WrongLength : Checker
    {
        protected override void Judge<T>(T message, byte[] written, int seed, MessageReader<T> read, bool mayBeLonger)
        {
            int cut = seed % written.Length;
            Assert.Throws<ProtocolException>(() => read(written.AsSpan(0, cut)));
            byte[] longer = [.. written, 0];
            if (mayBeLonger)
                Assert.Equal(JsonSerializer.Serialize(message), JsonSerializer.Serialize(read(longer)));
            else
                Assert.Throws<ProtocolException>(() => read(longer));
        }
    }

    private sealed class Mutated : Checker
    {
        protected override void Judge<T>(T message, byte[] written, int seed, MessageReader<T> read, bool mayBeLonger)
        {
            var random = new Random(seed);
            byte[] payload = [.. written, .. new byte[random.Next(0, 4096)]];
            random.NextBytes(payload.AsSpan(written.Length));
            for (int i = random.Next(1, 6); i > 0; i--)
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(payload);
            }
            catch (ProtocolException)
            {
                // What a breach is.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocation);
        }
    }
}
