using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Egress.Dns;

/// <summary>
/// Reads a message (RFC 1035 section 4) step by step; every step says whether what it needs was there. Bytes are hostile: nothing is read
/// outside the message, and a name takes at most 255 bytes and 127 labels however it is compressed.
/// </summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 12;

    private const int LongestName = 255;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>Where the next step reads.</summary>
    public readonly int Position => _position;

    /// <summary>Reads a number of two bytes.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (_message.Length - _position < 2)
            return false;
        value = BinaryPrimitives.ReadUInt16BigEndian(_message[_position..]);
        _position += 2;
        return true;
    }

    /// <summary>Reads a number of four bytes.</summary>
    public bool TryReadUInt32(out uint value)
    {
        value = 0;
        if (_message.Length - _position < 4)
            return false;
        value = BinaryPrimitives.ReadUInt32BigEndian(_message[_position..]);
        _position += 4;
        return true;
    }

    /// <summary>Reads bytes.</summary>
    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count < 0 || _message.Length - _position < count)
            return false;
        bytes = _message.Slice(_position, count);
        _position += count;
        return true;
    }

    /// <summary>
    /// Reads a name: labels in lower case with dots between, empty for the root. A byte that is not visible ASCII, or is a dot or
    /// backslash within a label, becomes `\NNN` (RFC 1035 section 5.1), so that no two names read the same.
    /// </summary>
    /// <param name="isCompressible">Whether a pointer may take the place of the rest. One must point before the place the name, or the
    /// pointer before it, starts: so there are no circles.</param>
    /// <param name="name">The name.</param>
    public bool TryReadName(bool isCompressible, out string name)
    {
        name = "";
        var text = new StringBuilder(64);
        int at = _position;
        int floor = _position;
        int end = -1;
        int length = 1;
        while (true)
        {
            if (at >= _message.Length)
                return false;
            byte head = _message[at];
            if (head >= 0xC0)
            {
                if (!isCompressible || _message.Length - at < 2)
                    return false;
                int target = BinaryPrimitives.ReadUInt16BigEndian(_message[at..]) & 0x3FFF;
                if (target < HeaderSize || target >= floor)
                    return false;
                if (end < 0)
                    end = at + 2;
                at = floor = target;
                continue;
            }

            if (head >= 0x40 || _message.Length - at - 1 < head)
                return false;
            if (head == 0)
                break;
            length += head + 1;
            if (length > LongestName)
                return false;
            AppendLabel(text, _message.Slice(at + 1, head));
            at += head + 1;
        }

        _position = end < 0 ? at + 1 : end;
        name = text.ToString();
        return true;
    }

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
            text.Append('.');
        foreach (byte one in label)
        {
            if (one is > 0x20 and < 0x7F and not ((byte)'.' or (byte)'\\'))
                text.Append(char.ToLowerInvariant((char)one));
            else
                text.Append('\\').Append((char)('0' + (one / 100))).Append((char)('0' + (one / 10 % 10))).Append((char)('0' + (one % 10)));
        }
    }
}
