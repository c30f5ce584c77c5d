using System.Buffers;
using System.Globalization;
using System.Text;

namespace Vitrine.Egress.Proxy;

/// <summary>
/// A CONNECT request's head (RFC 9110 section 9.3.6, RFC 9112), read in one way only: what two readers could take differently is refused.
/// </summary>
/// <param name="Host">The host asked for, as it came, without brackets, user or blanks.</param>
/// <param name="Port">The port asked for.</param>
internal sealed record ConnectHead(string Host, ushort Port)
{
    /// <summary>Longest head, bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxFields = 100;

    /// <summary>RFC 9110 section 5.6.2.</summary>
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What would make it an URI, a user or an address in brackets.</summary>
    private static readonly SearchValues<byte> s_noHost = SearchValues.Create("@/?#[]\\"u8);

    /// <summary>Reads a head.</summary>
    /// <param name="head">From the method to the empty line, both in it; hostile.</param>
    /// <param name="result">What it asks for.</param>
    /// <returns>What is wrong with it, after "the request"; null when nothing is.</returns>
    public static string? Read(ReadOnlySpan<byte> head, out ConnectHead? result)
    {
        result = null;
        if (!TryTakeLine(ref head, out ReadOnlySpan<byte> line))
            return "has no end of line";
        if (!line.StartsWith("CONNECT "u8))
            return "is no CONNECT";
        line = line["CONNECT "u8.Length..];
        int blank = line.IndexOf((byte)' ');
        if (blank < 0 || !(line[(blank + 1)..].SequenceEqual("HTTP/1.1"u8) || line[(blank + 1)..].SequenceEqual("HTTP/1.0"u8)))
            return "is not HTTP/1.1";
        if (ReadTarget(line[..blank]) is not { } target)
            return "names no host and port, as in `CONNECT host:443 HTTP/1.1`";
        if (ReadFields(head, target) is { } error)
            return error;
        result = target;
        return null;
    }

    /// <summary>`host:port`, nothing else.</summary>
    private static ConnectHead? ReadTarget(ReadOnlySpan<byte> target)
    {
        int colon = target.IndexOf((byte)':');
        if (colon <= 0 || colon != target.LastIndexOf((byte)':') || target.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) >= 0
            || target.IndexOfAny(s_noHost) >= 0)
            return null;
        ReadOnlySpan<byte> digits = target[(colon + 1)..];
        return digits.Length is > 0 and <= 5 && digits[0] != (byte)'0'
            && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new ConnectHead(Encoding.ASCII.GetString(target[..colon]), port)
            : null;
    }

    private static string? ReadFields(ReadOnlySpan<byte> head, ConnectHead target)
    {
        bool hasHost = false;
        for (int fields = 0; ; fields++)
        {
            if (!TryTakeLine(ref head, out ReadOnlySpan<byte> line))
                return "has no end";
            if (line.IsEmpty)
                return head.IsEmpty ? null : "goes on after its end";
            if (fields == MaxFields)
                return $"has more than {MaxFields} fields";
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].IndexOfAnyExcept(s_token) >= 0)
                return line[0] is (byte)' ' or (byte)'\t' ? "has a folded field" : "has a field without a name";
            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (HasControl(value))
                return "has a control character in a field";
            if (Ascii.EqualsIgnoreCase(name, "Host"u8))
            {
                if (hasHost || !IsSame(value, target))
                    return "names another host in its Host field, or two";
                hasHost = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8)
                || (Ascii.EqualsIgnoreCase(name, "Content-Length"u8) && !value.SequenceEqual("0"u8)))
            {
                return "has a body, and CONNECT has none";
            }
        }
    }

    /// <summary>With the port or, as some clients send it, without.</summary>
    private static bool IsSame(ReadOnlySpan<byte> value, ConnectHead target)
    {
        byte[] host = Encoding.ASCII.GetBytes(target.Host);
        byte[] whole = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{target.Host}:{target.Port}"));
        return Ascii.EqualsIgnoreCase(value, host) || Ascii.EqualsIgnoreCase(value, whole);
    }

    private static bool HasControl(ReadOnlySpan<byte> value)
    {
        foreach (byte one in value)
        {
            if (one is (< 0x20 and not (byte)'\t') or 0x7F)
                return true;
        }

        return false;
    }

    /// <summary>Takes a line that ends in CR LF; neither may stand alone in it.</summary>
    private static bool TryTakeLine(ref ReadOnlySpan<byte> head, out ReadOnlySpan<byte> line)
    {
        line = default;
        int end = head.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || head[end] != '\r' || end + 1 >= head.Length || head[end + 1] != '\n')
            return false;
        line = head[..end];
        head = head[(end + 2)..];
        return true;
    }
}
