using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;

namespace Vitrine.Guest.Init;

/// <summary>
/// Bytes from a descriptor to the host: read only while there is credit and room, so that the kernel's buffer holds the writer back.
/// </summary>
internal sealed class OutStream : IReadyHandler, IDisposable
{
    private readonly GuestContext _context;
    private readonly ushort _channel;
    private readonly ChannelStream _stream;
    private readonly Descriptor _source;
    private readonly Watch _watch;
    private readonly bool _ownsSource;
    private readonly Action _ended;
    private readonly Action? _broken;
    private uint _credit;
    private bool _started;

    internal OutStream(GuestContext context, ushort channel, ChannelStream stream, Descriptor source, uint credit, Action ended, bool ownsSource = true,
        Action? broken = null)
    {
        _context = context;
        _channel = channel;
        _stream = stream;
        _source = source;
        _ended = ended;
        _broken = broken;
        _ownsSource = ownsSource;
        _watch = context.Loop.Watch(source.Number, this);
        AddCredit(credit);
    }

    /// <summary>Whether the end was told to the host.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>The host knows the channel: data may flow.</summary>
    internal void Start()
    {
        _started = true;
        Resume();
    }

    /// <exception cref="ProtocolException">More than a stream may hold.</exception>
    internal void AddCredit(uint bytes)
    {
        if (IsEnded)
            return; // it crossed the end
        if (bytes > WireLimits.MaxStreamCredit - _credit)
            throw new ProtocolException($"the host grants more than {WireLimits.MaxStreamCredit} bytes of credit on one stream");
        bool wasEmpty = _credit == 0;
        _credit += bytes;
        if (wasEmpty && _started)
            Resume();
    }

    /// <summary>Watches again after credit or room came.</summary>
    internal void Resume()
    {
        if (!IsEnded && _started)
            _watch.For(_credit > 0 ? PollEvents.Read : PollEvents.None);
    }

    /// <summary>Takes what is there now, as far as credit and room go.</summary>
    internal void Drain()
    {
        while (!IsEnded && _started && Pump())
        {
        }
    }

    public void OnReady(PollEvents events) => Pump();

    public void Dispose()
    {
        if (IsEnded)
            return;
        IsEnded = true;
        Close();
    }

    /// <summary>Moves one frame. Whether there may be more.</summary>
    private bool Pump()
    {
        if (_credit == 0)
        {
            _watch.For(PollEvents.None);
            return false;
        }

        Span<byte> room = _context.Wire.DataRoom((int)_credit, this);
        if (room.IsEmpty)
        {
            _watch.For(PollEvents.None);
            return false;
        }

        int read = DescriptorIo.Read(_source.Number, room);
        if (read == -Errno.EAGAIN)
            return false;

        if (read < 0 && _broken is not null)
        {
            Dispose();
            _broken();
            return false;
        }

        // EIO is how a terminal says that its last slave was closed; a connection that was reset ends, too.
        if (read <= 0)
        {
            End();
            return false;
        }

        _context.Wire.CommitData(_channel, _stream, read);
        _credit -= (uint)read;
        if (_credit == 0)
            _watch.For(PollEvents.None);
        return read == room.Length;
    }

    private void End()
    {
        IsEnded = true;
        _context.Wire.Send(FrameType.Eof, _channel, default, _stream);
        Close();
        _ended();
    }

    private void Close()
    {
        _context.Wire.StopWaiting(this);
        _watch.Dispose();
        if (_ownsSource)
            _source.Dispose();
    }
}
