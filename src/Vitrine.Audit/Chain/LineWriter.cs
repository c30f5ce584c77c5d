using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Vitrine.Audit.Chain;

/// <summary>
/// Writes the JSON of one line. By hand, because the bytes are what is hashed and may be shown on a terminal: members in call order, no white space,
/// printable ASCII alone, and every string bounded. The stock encoders let bidirectional overrides through or make quotes unreadable.
/// </summary>
internal sealed class LineWriter
{
    /// <summary>Most UTF-16 units of one string.</summary>
    public const int MaxText = 4096;

    /// <summary>Most UTF-16 units of all strings of one list.</summary>
    public const int MaxListText = 32 * 1024;

    /// <summary>Most items of one list.</summary>
    public const int MaxListItems = 1024;

    private static readonly string[] Escapes = [.. Enumerable.Range(0, 32).Select(code => string.Create(CultureInfo.InvariantCulture, $"\\u{code:x4}"))];

    private byte[] buffer = new byte[1024];
    private int length;

    /// <summary>Characters and items left out since <see cref="Clear"/>.</summary>
    public long Cut { get; private set; }

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        length = 0;
        Cut = 0;
    }

    /// <summary>Starts an object, as a member or (no name) as a list item or the line itself.</summary>
    public LineWriter Open(string? name = null)
    {
        Name(name);
        Put((byte)'{');
        return this;
    }

    /// <summary>Ends an object.</summary>
    public LineWriter Close()
    {
        Put((byte)'}');
        return this;
    }

    /// <summary>Starts a list.</summary>
    public LineWriter OpenList(string name)
    {
        Name(name);
        Put((byte)'[');
        return this;
    }

    /// <summary>Ends a list from which items were left out.</summary>
    public LineWriter CloseList(int leftOut = 0)
    {
        Cut += leftOut;
        Put((byte)']');
        return this;
    }

    /// <summary>Writes a string member; nothing for null. What is over the bound is replaced by a mark that says how much it was.</summary>
    public LineWriter Text(string name, string? value, int max = MaxText)
    {
        if (value is null)
            return this;
        Name(name);
        Quote(value, max);
        return this;
    }

    /// <summary>Writes a list of strings, bounded as a whole.</summary>
    public LineWriter Texts(string name, IReadOnlyList<string> values)
    {
        OpenList(name);
        int budget = MaxListText;
        int count = Math.Min(values.Count, MaxListItems);
        int written = 0;
        for (; written < count && budget > 0; written++)
        {
            Separate();
            Quote(values[written], Math.Min(MaxText, budget));
            budget -= Math.Min(values[written].Length, MaxText);
        }

        int leftOut = values.Count - written;
        if (leftOut > 0)
        {
            Separate();
            Raw(string.Create(CultureInfo.InvariantCulture, $"\"\\u2026[{leftOut} items cut]\""));
        }

        return CloseList(leftOut);
    }

    /// <summary>Writes a whole number; nothing for null.</summary>
    public LineWriter Number(string name, long? value)
    {
        if (value is null)
            return this;
        Name(name);
        Grow(20);
        Utf8Formatter.TryFormat(value.Value, buffer.AsSpan(length), out int written);
        length += written;
        return this;
    }

    /// <summary>Writes a truth value.</summary>
    public LineWriter Flag(string name, bool value)
    {
        Name(name);
        Raw(value ? "true" : "false");
        return this;
    }

    /// <summary>Writes a duration as whole microseconds.</summary>
    public LineWriter Microseconds(string name, TimeSpan value) => Number(name, value.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Writes a time as RFC 3339, UTC, microseconds; nothing for null.</summary>
    public LineWriter Time(string name, DateTimeOffset? value)
    {
        if (value is null)
            return this;
        Name(name);
        Put((byte)'"');
        Raw(value.Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        Put((byte)'"');
        return this;
    }

    private void Quote(string value, int max)
    {
        int keep = Math.Min(value.Length, max);
        if (keep < value.Length && keep > 0 && char.IsHighSurrogate(value[keep - 1]) && char.IsLowSurrogate(value[keep]))
            keep--;
        Put((byte)'"');
        Escape(value.AsSpan(0, keep));
        if (keep < value.Length)
        {
            Cut += value.Length - keep;
            Raw(string.Create(CultureInfo.InvariantCulture, $"\\u2026[{value.Length - keep} characters cut]"));
        }

        Put((byte)'"');
    }

    private void Escape(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '"' or '\\')
            {
                Put((byte)'\\');
                Put((byte)c);
            }
            else if (c is >= ' ' and <= '~')
            {
                Put((byte)c);
            }
            else if (c < ' ')
            {
                Raw(Escapes[c]);
            }
            else
            {
                i += EscapeWide(text[i..]);
            }
        }
    }

    /// <summary>Escapes what is not ASCII; a surrogate without its partner is no character and becomes U+FFFD. Returns how many more units it took.</summary>
    private int EscapeWide(ReadOnlySpan<char> text)
    {
        bool pair = text.Length > 1 && char.IsSurrogatePair(text[0], text[1]);
        int first = !pair && char.IsSurrogate(text[0]) ? '\ufffd' : text[0];
        Raw(string.Create(CultureInfo.InvariantCulture, $"\\u{first:x4}"));
        if (pair)
            Raw(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[1]:x4}"));
        return pair ? 1 : 0;
    }

    private void Name(string? name)
    {
        Separate();
        if (name is null)
            return;
        Put((byte)'"');
        Raw(name);
        Put((byte)'"');
        Put((byte)':');
    }

    private void Separate()
    {
        if (length > 0 && buffer[length - 1] is not ((byte)'{' or (byte)'[' or (byte)'\n'))
            Put((byte)',');
    }

    private void Raw(string ascii)
    {
        Grow(ascii.Length);
        length += Encoding.ASCII.GetBytes(ascii, buffer.AsSpan(length));
    }

    private void Put(byte value)
    {
        Grow(1);
        buffer[length++] = value;
    }

    private void Grow(int more)
    {
        if (length + more > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + more));
    }
}
