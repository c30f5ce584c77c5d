using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Protocol.Framing;

namespace Vitrine.Guest.Init;

/// <summary>Takes the frames that came over the wire.</summary>
internal interface IFrameHandler
{
    /// <summary>One whole frame; the payload is gone afterwards.</summary>
    void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload);
}

/// <summary>
/// The byte stream to the host: frames in, frames out, both through one buffer each. When the host does not read, data waits in the pipes
/// it comes
/// from, and no further frame is taken, so that nothing here grows.
/// </summary>
internal sealed class Wire : IReadyHandler
{
    /// <summary>From so many bytes waiting on, no data is added and no frame taken; control frames have the rest of the buffer.</summary>
    private const int Congested = 128 * 1024;

    private const int LeastData = 4 * 1024;
    private readonly MappedBuffer _in = new(128 * 1024);
    private readonly MappedBuffer _out = new(256 * 1024);
    private readonly List<OutStream> _waiting = [];
    private readonly IFrameHandler _handler;
    private readonly Watch _reading;
    private readonly Watch? _writing;
    private readonly int _input;
    private readonly int _output;
    private int _inStart;
    private int _inEnd;
    private int _outStart;
    private int _outEnd;
    private bool _writable = true;
    private bool _dirty;

    internal Wire(EventLoop loop, int input, int output, IFrameHandler handler)
    {
        _input = input;
        _output = output;
        _handler = handler;
        _reading = loop.Watch(input, this);
        _reading.For(PollEvents.Read);
        if (input != output)
            _writing = loop.Watch(output, this);
    }

    private int Waiting => _outEnd - _outStart;

    private bool IsCongested => Waiting >= Congested;

    /// <summary>Queues a frame without data.</summary>
    internal void Send(FrameType type, ushort channel, ReadOnlySpan<byte> payload, ChannelStream stream = ChannelStream.Input)
    {
        Span<byte> frame = Room(WireLimits.HeaderSize + payload.Length);
        new FrameHeader(payload.Length, type, stream, channel).Write(frame);
        payload.CopyTo(frame[WireLimits.HeaderSize..]);
        _outEnd += WireLimits.HeaderSize + payload.Length;
    }

    /// <summary>
    /// Where the payload of the next data frame may be read to; empty when the host must read first, and then <paramref name="waiter"/> is
    /// told.
    /// </summary>
    internal Span<byte> DataRoom(int most, OutStream waiter)
    {
        int room = Math.Min(Congested - Waiting - WireLimits.HeaderSize, WireLimits.MaxPayload);
        if (room < LeastData)
        {
            _waiting.Add(waiter);
            return default;
        }

        int count = Math.Min(most, room);
        return Room(WireLimits.HeaderSize + count).Slice(WireLimits.HeaderSize, count);
    }

    /// <summary>Queues the data frame whose payload is in place.</summary>
    internal void CommitData(ushort channel, ChannelStream stream, int count)
    {
        new FrameHeader(count, FrameType.Data, stream, channel).Write(_out.Span[_outEnd..]);
        _outEnd += WireLimits.HeaderSize + count;
    }

    /// <summary>A stream that waited for room is over.</summary>
    internal void StopWaiting(OutStream waiter) => _waiting.Remove(waiter);

    /// <summary>Sends what is queued, as far as the host takes it.</summary>
    internal void Flush()
    {
        do
        {
            SendNow();
            Resume();
        }
        while (Waiting > 0 && _writable);
        PollEvents read = IsCongested ? PollEvents.None : PollEvents.Read;
        PollEvents write = _writable ? PollEvents.None : PollEvents.Write;
        _reading.For(_writing is null ? read | write : read);
        _writing?.For(write);
    }

    /// <summary>Waits up to a second for the host to take the last words.</summary>
    internal void FlushLast()
    {
        long end = Environment.TickCount64 + 1000;
        while (Waiting > 0 && Environment.TickCount64 < end)
        {
            int sent = DescriptorIo.Write(_output, _out.Span[_outStart.._outEnd]);
            if (sent > 0)
                _outStart += sent;
            else if (sent != -Errno.EAGAIN || !PollPair.Wait(_output, PollEvents.Write, 100))
                return;
        }
    }

    /// <summary>Gives pages of the buffers back after much went through.</summary>
    internal void Rest()
    {
        if (!_dirty || Waiting > 0 || _inEnd != _inStart)
            return;
        _dirty = false;
        _inStart = _inEnd = 0;
        _out.Discard();
        _in.Discard();
    }

    public void OnReady(PollEvents events)
    {
        if ((events & (PollEvents.Write | PollEvents.Error | PollEvents.HangUp)) != PollEvents.None)
            _writable = true;
        if ((events & (PollEvents.Read | PollEvents.Error | PollEvents.HangUp)) != PollEvents.None && !IsCongested)
            Receive();
    }

    private void SendNow()
    {
        _dirty |= _outEnd > 32 * 1024;
        while (Waiting > 0 && _writable)
        {
            int sent = DescriptorIo.Write(_output, _out.Span[_outStart.._outEnd]);
            if (sent == -Errno.EAGAIN)
                _writable = false;
            else if (sent < 0)
                throw new WireEndedException();
            else
                _outStart += sent;
        }

        if (Waiting == 0)
            _outStart = _outEnd = 0;
    }

    private void Receive()
    {
        if (_inStart == _inEnd)
            _inStart = _inEnd = 0;
        else if (_in.Length - _inEnd < WireLimits.MaxPayload)
            Compact(_in, ref _inStart, ref _inEnd);
        int read = DescriptorIo.Read(_input, _in.Span[_inEnd..]);
        if (read == -Errno.EAGAIN)
            return;
        if (read <= 0)
            throw new WireEndedException();
        _inEnd += read;
        _dirty |= read > 32 * 1024;
        Dispatch();
    }

    private void Dispatch()
    {
        while (!IsCongested && _inEnd - _inStart >= WireLimits.HeaderSize)
        {
            ReadOnlySpan<byte> bytes = _in.Span[_inStart.._inEnd];
            var header = FrameHeader.Read(bytes);
            if (bytes.Length < WireLimits.HeaderSize + header.Length)
                return;
            _inStart += WireLimits.HeaderSize + header.Length;
            _handler.OnFrame(header, bytes.Slice(WireLimits.HeaderSize, header.Length));
        }
    }

    private void Resume()
    {
        if (IsCongested || Waiting > Congested / 2)
            return;
        int count = _waiting.Count;
        for (int i = 0; i < count && _waiting.Count > 0; i++)
        {
            OutStream next = _waiting[0];
            _waiting.RemoveAt(0);
            next.Resume();
        }

        // Frames that were left in the buffer have no further event to take them.
        Dispatch();
    }

    private Span<byte> Room(int count)
    {
        if (_out.Length - _outEnd < count)
            Compact(_out, ref _outStart, ref _outEnd);
        return _out.Length - _outEnd >= count
            ? _out.Span[_outEnd..]
            : throw new GuestFault(Protocol.Messages.GoAwayReason.InternalError, "the guest has more control frames to send than it may hold");
    }

    private static void Compact(MappedBuffer buffer, ref int start, ref int end)
    {
        buffer.Span[start..end].CopyTo(buffer.Span);
        end -= start;
        start = 0;
    }
}

/// <summary>The host closed the wire, or died.</summary>
internal sealed class WireEndedException : Exception;
