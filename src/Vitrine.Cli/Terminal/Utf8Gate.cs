using System.Buffers;

namespace Vitrine.Cli.Terminal;

/// <summary>
/// Lets whole UTF-8 characters through and tells controls apart from them: a byte 0x80..9F is half of a letter in one place and a C1
/// control in
/// another. A character is held until it is whole (RFC 3629). Of broken ones, bytes that no terminal takes for a control pass.
/// </summary>
internal sealed class Utf8Gate
{
    private readonly byte[] _held = new byte[4];
    private int _count;
    private int _needed;

    /// <summary>Whether no character is half received.</summary>
    public bool IsIdle => _count == 0;

    /// <summary>Takes the next byte.</summary>
    /// <param name="b">The byte.</param>
    /// <param name="output">Takes characters that are whole.</param>
    /// <returns>A control: C0 and DEL as the byte, C1 as 0x80..9F in whichever form it came; null when there is none.</returns>
    public byte? Take(byte b, IBufferWriter<byte> output)
    {
        if (_count > 0)
        {
            if (IsContinuation(b))
                return Continue(b, output);
            Flush(output);
        }

        switch (b)
        {
            case < 0x20 or 0x7f:
                return b;
            case < 0x80:
                output.Write([b]);
                return null;
            case >= 0xc2 and <= 0xf4:
                (_held[0], _count, _needed) = (b, 1, b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4);
                return null;
            case < 0xa0:
                return 0x80; // Lone, or behind a lead it does not belong to: dropped as a C1 without meaning.
            default:
                output.Write([b]);
                return null;
        }
    }

    /// <summary>Lets out what is held of a character that will not become whole.</summary>
    public void Flush(IBufferWriter<byte> output)
    {
        foreach (byte held in _held.AsSpan(0, _count))
        {
            if (held is < 0x80 or >= 0xa0)
                output.Write([held]);
        }

        _count = 0;
    }

    private byte? Continue(byte b, IBufferWriter<byte> output)
    {
        _held[_count++] = b;
        if (_count < _needed)
            return null;
        _count = 0;
        if (_held[0] == 0xc2 && b < 0xa0)
            return b;
        output.Write(_held.AsSpan(0, _needed));
        return null;
    }

    // The second byte's range excludes overlong forms, surrogates and what is above U+10FFFF.
    private bool IsContinuation(byte b) => _count > 1 ? b is >= 0x80 and <= 0xbf : _held[0] switch
    {
        0xe0 => b is >= 0xa0 and <= 0xbf,
        0xed => b is >= 0x80 and <= 0x9f,
        0xf0 => b is >= 0x90 and <= 0xbf,
        0xf4 => b is >= 0x80 and <= 0x8f,
        _ => b is >= 0x80 and <= 0xbf,
    };
}
