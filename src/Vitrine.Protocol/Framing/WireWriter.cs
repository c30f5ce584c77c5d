using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Protocol.Framing;

/// <summary>
/// Writes a payload: little-endian integers, and strings and blobs behind a 32-bit length. What no peer would read
/// (<see cref="WireLimits.MaxString"/>, <see cref="WireLimits.MaxItems"/>, lone surrogates) is refused here with an <see
/// cref="ArgumentException"/>.
/// </summary>
public sealed class WireWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Writes one byte.</summary>
    public WireWriter U8(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    /// <summary>Writes a boolean as one byte, 0 or 1.</summary>
    public WireWriter Bool(bool value) => U8(value ? (byte)1 : (byte)0);

    /// <summary>Writes 16 bits.</summary>
    public WireWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
        return this;
    }

    /// <summary>Writes 32 bits.</summary>
    public WireWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    /// <summary>Writes 32 bits, signed.</summary>
    public WireWriter I32(int value) => U32(unchecked((uint)value));

    /// <summary>Writes 64 bits.</summary>
    public WireWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    /// <summary>Writes a blob behind its 32-bit length.</summary>
    public WireWriter Blob(ReadOnlySpan<byte> value)
    {
        U32((uint)value.Length);
        _buffer.Write(value);
        return this;
    }

    /// <summary>Writes a string as UTF-8 behind its 32-bit length.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="WireLimits.MaxString"/> bytes.</exception>
    /// <exception cref="EncoderFallbackException">It is no Unicode text.</exception>
    public WireWriter Text(string value)
    {
        int length = StrictUtf8.GetByteCount(value);
        if (length > WireLimits.MaxString)
            throw new ArgumentException($"a string of {length} bytes is over the wire's limit of {WireLimits.MaxString}", nameof(value));
        U32((uint)length);
        StrictUtf8.GetBytes(value, _buffer.GetSpan(length));
        _buffer.Advance(length);
        return this;
    }

    /// <summary>Writes a list: its 32-bit count, then each item.</summary>
    /// <exception cref="ArgumentException">It has more than <see cref="WireLimits.MaxItems"/> items.</exception>
    public WireWriter List<T>(IReadOnlyCollection<T> items, Action<WireWriter, T> item)
    {
        if (items.Count > WireLimits.MaxItems)
            throw new ArgumentException($"a list of {items.Count} items is over the wire's limit of {WireLimits.MaxItems}", nameof(items));
        U32((uint)items.Count);
        foreach (T one in items)
            item(this, one);
        return this;
    }
}
