using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Protocol.Framing;

/// <summary>
/// Reads a payload from a peer that may be hostile: every length is checked against what is there and against <see cref="WireLimits"/>.
/// </summary>
public ref struct WireReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of <paramref name="payload"/>.</summary>
    public WireReader(ReadOnlySpan<byte> payload) => _rest = payload;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Reads one byte.</summary>
    public byte U8() => Take(1)[0];

    /// <summary>Reads a boolean; only 0 and 1 are one.</summary>
    public bool Bool() => U8() switch
    {
        0 => false,
        1 => true,
        _ => throw new ProtocolException("a boolean is neither 0 nor 1"),
    };

    /// <summary>Reads 16 bits.</summary>
    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    /// <summary>Reads 32 bits.</summary>
    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Reads 32 bits, signed.</summary>
    public int I32() => unchecked((int)U32());

    /// <summary>Reads 64 bits.</summary>
    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Reads a blob of at most <see cref="WireLimits.MaxPayload"/> bytes.</summary>
    public ReadOnlySpan<byte> Blob()
    {
        uint length = U32();
        if (length > WireLimits.MaxPayload)
            throw new ProtocolException($"a field of {length} bytes is over the limit");
        return Take((int)length);
    }

    /// <summary>Reads a string; bytes that are not UTF-8 are a violation.</summary>
    public string Text()
    {
        uint length = U32();
        if (length > WireLimits.MaxString)
            throw new ProtocolException($"a string of {length} bytes is over the limit of {WireLimits.MaxString}");
        try
        {
            return StrictUtf8.GetString(Take((int)length));
        }
        catch (DecoderFallbackException e)
        {
            throw new ProtocolException("a string is not UTF-8", e);
        }
    }

    /// <summary>Reads a list's count, checked against the bytes left (each item has at least one).</summary>
    public int Count()
    {
        uint count = U32();
        if (count > WireLimits.MaxItems || count > Remaining)
            throw new ProtocolException($"a list of {count} items is over the limit");
        return (int)count;
    }

    /// <summary>Reads a list of strings.</summary>
    public string[] Texts()
    {
        var items = new string[Count()];
        for (int i = 0; i < items.Length; i++)
            items[i] = Text();
        return items;
    }

    /// <summary>Demands that nothing is left.</summary>
    public readonly void End()
    {
        if (_rest.Length != 0)
            throw new ProtocolException($"{_rest.Length} bytes are left over in a frame");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw new ProtocolException("a frame ends too early");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
