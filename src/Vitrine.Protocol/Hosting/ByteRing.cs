using System.Buffers;
using System.Numerics;

namespace Vitrine.Protocol.Hosting;

/// <summary>A growing ring of bytes in one pooled array, which it holds only while there are bytes. Not synchronised.</summary>
internal struct ByteRing
{
    private const int Smallest = 1024;
    private byte[]? _array;
    private int _head;

    /// <summary>Bytes held.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of memory held.</summary>
    public readonly int Capacity => _array?.Length ?? 0;

    public void Write(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
            return;
        if (_array is null || _array.Length - Count < source.Length)
            MoveTo(Count + source.Length);
        int tail = Wrap(_head + Count);
        int first = Math.Min(source.Length, _array!.Length - tail);
        source[..first].CopyTo(_array.AsSpan(tail));
        source[first..].CopyTo(_array);
        Count += source.Length;
    }

    public int Read(Span<byte> target)
    {
        int count = Math.Min(target.Length, Count);
        if (count == 0)
            return 0;
        int first = Math.Min(count, _array!.Length - _head);
        _array.AsSpan(_head, first).CopyTo(target);
        _array.AsSpan(0, count - first).CopyTo(target[first..]);
        _head = Wrap(_head + count);
        Count -= count;
        if (Count == 0)
            Clear();
        return count;
    }

    /// <summary>Moves to the smallest array that holds what is there.</summary>
    public void Trim()
    {
        if (Count > 0 && RoundUp(Count) < Capacity)
            MoveTo(Count);
    }

    public void Clear()
    {
        if (_array is not null)
            ArrayPool<byte>.Shared.Return(_array);
        _array = null;
        _head = 0;
        Count = 0;
    }

    private static int RoundUp(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, Smallest));

    private readonly int Wrap(int index) => index < _array!.Length ? index : index - _array.Length;

    private void MoveTo(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(RoundUp(count));
        if (_array is not null)
        {
            int first = Math.Min(Count, _array.Length - _head);
            _array.AsSpan(_head, first).CopyTo(larger);
            _array.AsSpan(0, Count - first).CopyTo(larger.AsSpan(first));
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
        _head = 0;
    }
}
