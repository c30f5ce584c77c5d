using System.Buffers;
using System.Globalization;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Tests.Scripted;

/// <summary>
/// A well-behaved guest in one loop: `true` ends at once, `bytes N` sends N bytes within its credit, `sink` takes input until its end,
/// anything else is ENOENT.
/// </summary>
internal sealed class AutoGuest
{
    private readonly Stream _wire;
    private readonly ArrayBufferWriter<byte> _out = new();
    private readonly Dictionary<ushort, Job> _jobs = [];
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly byte[] _zeros = new byte[WireLimits.MaxPayload];

    private AutoGuest(Stream wire) => _wire = wire;

    /// <summary>Connects a host to one; the guest ends with the wire.</summary>
    public static Task<GuestConnection> ConnectAsync(GuestConnectionOptions? options = null)
    {
        (Stream host, Stream guest) = SocketPair.Create();
        _ = Task.Run(() => new AutoGuest(guest).RunAsync());
        return GuestConnection.OpenAsync(host, new GuestSetup(), options, TestContext.Current.CancellationToken);
    }

    private async Task RunAsync()
    {
        await using Stream owned = _wire;
        int start = 0, end = 0;
        try
        {
            while (await _wire.ReadAsync(_buffer.AsMemory(end)) is var count and > 0)
            {
                end += count;
                while (end - start >= WireLimits.HeaderSize)
                {
                    FrameHeader header = FrameHeader.Read(_buffer.AsSpan(start));
                    int size = WireLimits.HeaderSize + header.Length;
                    if (end - start < size)
                        break;
                    Answer(header, _buffer.AsSpan(start + WireLimits.HeaderSize, header.Length));
                    start += size;
                }

                _buffer.AsSpan(start, end - start).CopyTo(_buffer);
                (start, end) = (0, end - start);
                await _wire.WriteAsync(_out.WrittenMemory);
                _out.ResetWrittenCount();
            }
        }
        catch (IOException)
        {
            // The host is gone.
        }
    }

    private void Answer(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Hello:
                Send(FrameType.Ready, 0, new GuestReady(1, 0, []).Write);
                break;
            case FrameType.Ping:
                Send(FrameType.Pong, 0, payload, ChannelStream.Input);
                break;
            case FrameType.Open:
                Open(header.Channel, payload);
                break;
            case FrameType.Reset when _jobs.Remove(header.Channel):
                Send(FrameType.Closed, header.Channel, default, ChannelStream.Input);
                break;
            case FrameType.Credit when _jobs.TryGetValue(header.Channel, out Job? job)
                    && header.Stream == ChannelStream.Output && job.Left < long.MaxValue:
                job.Credit += StreamCredit.Read(payload).Bytes;
                Produce(header.Channel, job);
                break;
            case FrameType.Data when _jobs.ContainsKey(header.Channel):
                Send(FrameType.Credit, header.Channel, BitConverter.GetBytes(payload.Length), ChannelStream.Input);
                break;
            case FrameType.Eof when _jobs.ContainsKey(header.Channel):
                End(header.Channel);
                break;
        }
    }

    private void Open(ushort channel, ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.U8();
        CommandRequest request = CommandRequest.Read(ref reader);
        string[] command = [.. request.Arguments];
        if (command[0] is not ("true" or "bytes" or "sink"))
        {
            Send(FrameType.OpenFailed, channel, new ChannelOpenFailed(2, "no such program").Write);
            return;
        }

        Send(FrameType.Opened, channel, new ChannelOpened(42, WireLimits.MaxStreamCredit).Write);
        if (command[0] == "true")
            End(channel);
        else if (command[0] == "bytes")
            Produce(channel, _jobs[channel] = new Job(request.OutputCredit, long.Parse(command[1], CultureInfo.InvariantCulture)));
        else
            _jobs[channel] = new Job(request.OutputCredit, long.MaxValue);
    }

    private void Produce(ushort channel, Job job)
    {
        while (job is { Credit: > 0, Left: > 0 })
        {
            int count = (int)Math.Min(job.Credit, Math.Min(job.Left, _zeros.Length));
            Send(FrameType.Data, channel, _zeros.AsSpan(0, count), ChannelStream.Output);
            job.Credit -= count;
            job.Left -= count;
        }

        if (job.Left == 0)
            End(channel);
    }

    private void End(ushort channel)
    {
        _jobs.Remove(channel);
        Send(FrameType.Eof, channel, default, ChannelStream.Output);
        Send(FrameType.Eof, channel, default, ChannelStream.Error);
        Send(FrameType.Exited, channel, new CommandExit().Write);
        Send(FrameType.Closed, channel, default, ChannelStream.Input);
    }

    private void Send(FrameType type, ushort channel, Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        Send(type, channel, writer.Written, ChannelStream.Input);
    }

    private void Send(FrameType type, ushort channel, ReadOnlySpan<byte> payload, ChannelStream stream)
    {
        Span<byte> header = stackalloc byte[WireLimits.HeaderSize];
        new FrameHeader(payload.Length, type, stream, channel).Write(header);
        _out.Write(header);
        _out.Write(payload);
    }

    private sealed class Job(long credit, long left)
    {
        public long Credit { get; set; } = credit;

        public long Left { get; set; } = left;
    }
}
