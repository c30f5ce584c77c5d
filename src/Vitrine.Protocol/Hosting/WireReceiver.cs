using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The one receive loop: cuts the guest's bytes into frames. Data goes on piece by piece as it arrives; only the payloads of
/// other frames are gathered, so one buffer of the largest frame is all it holds.
/// </summary>
internal sealed class WireReceiver(Stream wire, IFrameReceiver target)
{
    private const int BufferSize = WireLimits.HeaderSize + WireLimits.MaxPayload;
    private const int TurnsBetweenYields = 4;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _start;
    private int _end;
    private InboundStream? _stream;
    private int _streamLeft;

    /// <summary>Receives until the guest ends the wire.</summary>
    /// <exception cref="ProtocolException">The guest broke the protocol.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (int turn = 1; ; turn++)
        {
            int count = await wire.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
            if (count == 0)
                return;
            _end += count;
            Parse();
            cancellation.ThrowIfCancellationRequested();

            // A guest that floods finds its bytes always there: its loop must not keep a thread of the pool from the other sandboxes. Task.Yield goes to the
            // end of the queue that all threads share; a forced yield of a completed task goes to the top of the thread's own, ahead of all others.
            if (turn % TurnsBetweenYields == 0)
                await Task.Yield();
        }
    }

    private void Parse()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            if (_streamLeft > 0)
            {
                int part = Math.Min(_streamLeft, rest.Length);
                if (part == 0)
                    break;
                _stream!.Receive(rest[..part]);
                _streamLeft -= part;
                _start += part;
                continue;
            }

            if (rest.Length < WireLimits.HeaderSize)
                break;
            FrameHeader header = FrameHeader.Read(rest);
            if (header.Type == FrameType.Data)
            {
                _stream = target.Data(header);
                _streamLeft = header.Length;
                _start += WireLimits.HeaderSize;
                continue;
            }

            int size = WireLimits.HeaderSize + header.Length;
            if (rest.Length < size)
                break;
            target.Frame(header, rest[WireLimits.HeaderSize..size]);
            _start += size;
        }

        // What is left is less than a frame, so it fits once it is moved to the front.
        if (_start > 0)
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }
}

/// <summary>
/// Whom the frames are for. All calls come from the receive loop, and throw <see cref="ProtocolException"/> to close the wire.
/// </summary>
internal interface IFrameReceiver
{
    /// <summary>A frame of data begins: answers the stream its bytes are for, after charging it.</summary>
    InboundStream Data(FrameHeader header);

    /// <summary>Any other frame; the payload is gone after the call.</summary>
    void Frame(FrameHeader header, ReadOnlySpan<byte> payload);
}
