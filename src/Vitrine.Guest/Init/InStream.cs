using System.Buffers.Binary;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;

namespace Vitrine.Guest.Init;

/// <summary>Bytes from the host to a descriptor: at most the credit granted waits here, and credit comes back as it is written.</summary>
internal sealed class InStream : IReadyHandler, IDisposable
{
    /// <summary>Bytes the host may have under way, where nothing else is said.</summary>
    internal const int Window = 64 * 1024;

    /// <summary>The same for a connection: two whole frames, so that one is on its way while the other is written.</summary>
    internal const int ConnectionWindow = WireLimits.MaxStreamCredit;

    private readonly GuestContext _context;
    private readonly ushort _channel;
    private readonly Descriptor _target;
    private readonly Watch _watch;
    private readonly Action? _finish;
    private readonly Action? _changed;
    private readonly int _window;
    private byte[] _queue = [];
    private int _start;
    private int _end;
    private int _credit;
    private int _ungranted;
    private int _own;
    private bool _eof;
    private bool _closed;

    /// <param name="context">The guest.</param>
    /// <param name="channel">The channel it belongs to.</param>
    /// <param name="target">Where the bytes go, non-blocking; owned.</param>
    /// <param name="finish">What ends the target instead of closing it.</param>
    /// <param name="changed">Told when nothing will be written any more.</param>
    /// <param name="window">The first credit the host was told.</param>
    internal InStream(
        GuestContext context, ushort channel, Descriptor target, Action? finish = null, Action? changed = null, int window = Window)
    {
        _window = _credit = window;
        _context = context;
        _channel = channel;
        _target = target;
        _finish = finish;
        _changed = changed;
        _watch = context.Loop.Watch(target.Number, this);
    }

    /// <summary>Whether nothing will be written any more.</summary>
    internal bool IsClosed => _closed;

    /// <summary>Queues bytes of our own, ahead of the host's and outside its credit.</summary>
    internal void Preface(ReadOnlySpan<byte> bytes)
    {
        _own = bytes.Length;
        Enqueue(bytes);
        _watch.For(PollEvents.Write);
    }

    /// <exception cref="ProtocolException">More than the credit, or after the end.</exception>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        if (_eof)
            throw new ProtocolException("the host sends input after its end");
        _credit -= bytes.Length;
        if (_credit < 0)
            throw new ProtocolException("the host sends more input than its credit");
        if (_closed)
            return;
        if (_start == _end)
        {
            int written = WriteNow(bytes);
            if (written < 0)
                return;
            bytes = bytes[written..];
            if (bytes.IsEmpty)
                return;
        }

        Enqueue(bytes);
        _watch.For(PollEvents.Write);
    }

    /// <summary>No more will come: the target is ended once all is written.</summary>
    internal void End()
    {
        if (_eof)
            throw new ProtocolException("the host ends one input twice");
        _eof = true;
        if (_start == _end && !_closed)
            Finish();
    }

    public void OnReady(PollEvents events)
    {
        int written = WriteNow(_queue.AsSpan(_start, _end - _start));
        if (written < 0)
            return;
        _start += written;
        if (_start < _end)
            return;
        _queue = [];
        _start = _end = 0;
        _watch.For(PollEvents.None);
        if (_eof)
            Finish();
    }

    /// <summary>Drops what waits; input that still comes is thrown away.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        _queue = [];
        _start = _end = 0;
        _watch.Dispose();
        _target.Dispose();
    }

    private int WriteNow(ReadOnlySpan<byte> bytes)
    {
        int written = DescriptorIo.Write(_target.Number, bytes);
        if (written == -Errno.EAGAIN)
            return 0;
        if (written < 0)
        {
            // Nobody reads any more: the host is told, and gets no credit.
            Dispose();
            _context.Wire.Send(FrameType.Eof, _channel, default);
            _changed?.Invoke();
            return -1;
        }

        int own = Math.Min(_own, written);
        _own -= own;
        Grant(written - own);
        return written;
    }

    private void Grant(int bytes)
    {
        _ungranted += bytes;
        if (_ungranted < _window / 4 || _eof)
            return;
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)_ungranted);
        _credit += _ungranted;
        _ungranted = 0;
        _context.Wire.Send(FrameType.Credit, _channel, payload);
    }

    private void Enqueue(ReadOnlySpan<byte> bytes)
    {
        if (_queue.Length - _end < bytes.Length)
        {
            var larger = new byte[Math.Max(4096, _end - _start + bytes.Length)];
            _queue.AsSpan(_start, _end - _start).CopyTo(larger);
            _queue = larger;
            _end -= _start;
            _start = 0;
        }

        bytes.CopyTo(_queue.AsSpan(_end));
        _end += bytes.Length;
    }

    private void Finish()
    {
        if (_finish is null)
        {
            Dispose();
            _changed?.Invoke();
            return;
        }

        _watch.For(PollEvents.None);
        _finish();
    }
}
