using System.Buffers;
using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// Whole frames waiting to be sent, in order, in one pooled array that is held only while there are some. Not synchronised.
/// </summary>
internal struct OutgoingBytes
{
    private const int Smallest = 1024;
    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>Bytes waiting.</summary>
    public readonly int Count => _end - _start;

    public void Add(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Span<byte> target = Reserve(WireLimits.HeaderSize + payload.Length);
        header.Write(target);
        payload.CopyTo(target[WireLimits.HeaderSize..]);
    }

    /// <summary>
    /// Moves as much as fits to <paramref name="target"/>; a frame may be cut, so nothing else may be sent until <see cref="Count"/> is 0.
    /// </summary>
    public int Drain(Span<byte> target)
    {
        int count = Math.Min(Count, target.Length);
        if (count == 0)
            return 0;
        _array.AsSpan(_start, count).CopyTo(target);
        _start += count;
        if (Count == 0)
            Clear();
        return count;
    }

    public void Clear()
    {
        if (_array is not null)
            ArrayPool<byte>.Shared.Return(_array);
        _array = null;
        _start = _end = 0;
    }

    private Span<byte> Reserve(int count)
    {
        if (_array is null || _array.Length - _end < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, (Count * 2) + count));
            int kept = Count;
            if (_array is not null)
            {
                _array.AsSpan(_start, kept).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_array);
            }

            _array = larger;
            _start = 0;
            _end = kept;
        }

        Span<byte> reserved = _array.AsSpan(_end, count);
        _end += count;
        return reserved;
    }
}
