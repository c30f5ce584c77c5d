using System.Buffers;
using System.Buffers.Binary;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Tests.Fuzz;

/// <summary>
/// A random walk of a guest that keeps every rule, on a command (1), a file operation (3) and a forwarded connection (5), as the bytes it
/// sends.
/// It sends within its first credit only, so the same bytes are right whatever the host does.
/// </summary>
internal sealed class GuestWalk
{
    private readonly Random _random;
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<int> _frames = [];
    private readonly Channel[] _channels;
    private readonly HashSet<ushort> _asked = [];

    public GuestWalk(Random random, (ushort Id, ChannelKind Kind, int Output, int Error)[] channels)
    {
        _random = random;
        _channels = [.. channels.Select(static c => new Channel(c.Id, c.Kind, c.Output, c.Error))];
    }

    /// <summary>Where each frame starts.</summary>
    public IReadOnlyList<int> Frames => _frames;

    public byte[] Take(int steps)
    {
        for (int i = 0; i < steps; i++)
            Step();
        return _bytes.WrittenSpan.ToArray();
    }

    private void Step()
    {
        Channel channel = _channels[_random.Next(_channels.Length)];
        if (channel.Over)
            Ping();
        else if (!channel.IsOpen)
            Open(channel);
        else
            Act(channel);
    }

    private void Open(Channel channel)
    {
        if (_random.Next(8) == 0)
        {
            Send(FrameType.OpenFailed, channel.Id, new ChannelOpenFailed(_random.Next(1, 200), "no \u001b such thing").Write);
            channel.Over = true;
            return;
        }

        channel.IsOpen = true;
        channel.Granted = _random.Next(0, WireLimits.MaxStreamCredit);
        Send(FrameType.Opened, channel.Id, new ChannelOpened((uint)_random.Next(), (uint)channel.Granted).Write);
    }

    private void Act(Channel channel)
    {
        var stream = (ChannelStream)_random.Next(1, channel.Kind == ChannelKind.Dial ? 2 : 3);
        switch (_random.Next(12))
        {
            case < 5 when !channel.Ended[(int)stream] && channel.Credit[(int)stream] > 0:
                int count = _random.Next(1, Math.Min(channel.Credit[(int)stream], _random.Next(2) == 0 ? 100 : 20_000) + 1);
                channel.Credit[(int)stream] -= count;
                byte[] data = new byte[count];
                _random.NextBytes(data);
                Send(FrameType.Data, channel.Id, data, stream);
                break;
            case 5 when !channel.Ended[(int)stream]:
                channel.Ended[(int)stream] = true;
                Send(FrameType.Eof, channel.Id, default, stream);
                break;
            case 6 when channel.Granted < WireLimits.MaxStreamCredit:
                int more = _random.Next(1, WireLimits.MaxStreamCredit - channel.Granted + 1);
                channel.Granted += more;
                byte[] credit = new byte[StreamCredit.Size];
                BinaryPrimitives.WriteInt32LittleEndian(credit, more);
                Send(FrameType.Credit, channel.Id, credit, ChannelStream.Input);
                break;
            case 7 when channel.Kind != ChannelKind.Dial && !channel.Exited:
                channel.Exited = true;
                Send(FrameType.Exited, channel.Id, new CommandExit { Code = (byte)_random.Next(256), PeakResidentBytes = 1 }.Write);
                break;
            case 8 when _random.Next(4) == 0:
                channel.Over = true;
                Send(FrameType.Closed, channel.Id, static _ => { });
                break;
            case 9 when _random.Next(4) == 0:
                channel.Over = true;
                Send(FrameType.Reset, channel.Id, new GoAway(GoAwayReason.InternalError, "sorry").Write);
                Send(FrameType.Closed, channel.Id, static _ => { });
                break;
            case 10:
                ushort own = (ushort)(_random.Next(1, 30_000) * 2);
                if (!_asked.Add(own) || _asked.Count > WireLimits.MaxGuestChannels)
                    break;
                if (_random.Next(2) == 0)
                    Send(FrameType.Open, own, static w => w.U8((byte)ChannelKind.Resolve).Blob("example.test"u8));
                else
                    Send(FrameType.Open, own, static w => new ConnectRequest(0xC6120101, 443, 65536).Write(w.U8((byte)ChannelKind.Connect)));
                if (_random.Next(4) == 0)
                    Send(FrameType.Reset, own, new GoAway(GoAwayReason.Cancelled, "never mind").Write);
                break;
            default:
                Ping();
                break;
        }
    }

    private void Ping() => Send(FrameType.Ping, 0, new PingToken((ulong)_random.NextInt64()).Write);

    private void Send(FrameType type, ushort channel, Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        Send(type, channel, writer.Written, ChannelStream.Input);
    }

    private void Send(FrameType type, ushort channel, ReadOnlySpan<byte> payload, ChannelStream stream)
    {
        _frames.Add(_bytes.WrittenCount);
        Span<byte> header = stackalloc byte[WireLimits.HeaderSize];
        new FrameHeader(payload.Length, type, stream, channel).Write(header);
        _bytes.Write(header);
        _bytes.Write(payload);
    }

    private sealed class Channel(ushort id, ChannelKind kind, int output, int error)
    {
        public ushort Id { get; } = id;

        public ChannelKind Kind { get; } = kind;

        public int[] Credit { get; } = [0, output, error];

        public bool[] Ended { get; } = new bool[3];

        public int Granted { get; set; }

        public bool IsOpen { get; set; }

        public bool Exited { get; set; }

        public bool Over { get; set; }
    }
}
