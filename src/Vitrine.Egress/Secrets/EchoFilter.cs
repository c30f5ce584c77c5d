using System.Buffers;
using System.Text;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// Replaces in a response what was put into its request, over the borders of pieces. What could be the start of such a text waits for the
/// next
/// piece. For one stream, one thread.
/// </summary>
/// <param name="use">What was put in.</param>
/// <param name="keepsLength">Whether the response's length was told already: then what is put instead is cut or filled up with `*` to the
/// same length.</param>
internal sealed class EchoFilter(SecretUse use, bool keepsLength)
{
    private readonly IReadOnlyList<(byte[] Sent, byte[] Inside)> _pairs = use.Pairs;
    private byte[] _held = [];

    /// <summary>Takes the next piece and gives what may go on.</summary>
    /// <param name="piece">The bytes.</param>
    /// <param name="isLast">Whether nothing follows: then nothing waits.</param>
    public ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> piece, bool isLast)
    {
        byte[] all = [.. _held, .. piece];
        var passed = new ArrayBufferWriter<byte>(all.Length + 64);
        int at = 0;
        while (Next(all.AsSpan(at)) is { } found)
        {
            passed.Write(all.AsSpan(at, found.Index));
            passed.Write(Instead(found.Pair));
            at += found.Index + found.Pair.Sent.Length;
        }

        int held = isLast ? 0 : LongestStart(all.AsSpan(at));
        passed.Write(all.AsSpan(at, all.Length - at - held));
        _held = all[^held..];
        return passed.WrittenMemory;
    }

    /// <summary>A text, for instance a header's value, with what was put in replaced.</summary>
    public static string Clean(SecretUse use, string text)
    {
        if (!use.IsAny)
            return text;
        // Headers are read one byte a character.
        return Encoding.Latin1.GetString(new EchoFilter(use, keepsLength: false).Pass(Encoding.Latin1.GetBytes(text), isLast: true).Span);
    }

    private (int Index, (byte[] Sent, byte[] Inside) Pair)? Next(ReadOnlySpan<byte> bytes)
    {
        (int Index, (byte[] Sent, byte[] Inside) Pair)? first = null;
        foreach ((byte[] Sent, byte[] Inside) pair in _pairs)
        {
            int index = bytes.IndexOf(pair.Sent);
            if (index >= 0 && (first is null || index < first.Value.Index))
                first = (index, pair);
        }

        return first;
    }

    private byte[] Instead((byte[] Sent, byte[] Inside) pair)
    {
        if (!keepsLength)
            return pair.Inside;
        byte[] filled = new byte[pair.Sent.Length];
        filled.AsSpan().Fill((byte)'*');
        pair.Inside.AsSpan(0, Math.Min(filled.Length, pair.Inside.Length)).CopyTo(filled);
        return filled;
    }

    // Bytes at the end that one of the texts begins with.
    private int LongestStart(ReadOnlySpan<byte> bytes)
    {
        int longest = 0;
        foreach ((byte[] sent, _) in _pairs)
        {
            for (int length = Math.Min(sent.Length - 1, bytes.Length); length > longest; length--)
            {
                if (bytes[^length..].SequenceEqual(sent.AsSpan(0, length)))
                    longest = length;
            }
        }

        return longest;
    }
}
