using System.Text;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// Looks for placeholders in bytes that come in pieces: as they are, inside Base64, and each of these percent-encoded once or twice. Finds
/// what is cut by the pieces' borders; between pieces it keeps less than the longest form has. For one stream, one thread.
/// </summary>
internal sealed class PlaceholderScanner(IReadOnlyList<PlaceholderText> texts)
{
    private const int Decodings = 2;

    private readonly Layer _first = new(texts, Decodings, []);

    /// <summary>Looks at the next bytes.</summary>
    /// <returns>The secret whose placeholder ends in them; null when there is none.</returns>
    public SecretValue? Find(ReadOnlySpan<byte> bytes) => _first.Find(bytes);

    /// <summary>Looks at one whole text.</summary>
    public static SecretValue? Find(IReadOnlyList<PlaceholderText> texts, string text) =>
        texts.Count == 0 || text.Length < 32 ? null : new PlaceholderScanner(texts).Find(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes after so many decodings. The next one is made when the first `%` comes.</summary>
    private sealed class Layer(IReadOnlyList<PlaceholderText> texts, int further, byte[] before)
    {
        private readonly int _keep = texts.Max(text => text.Longest) - 1;
        private readonly PercentDecoder _decoder = new();
        private byte[] _window = before;
        private int _kept = before.Length;
        private Layer? _next;

        public SecretValue? Find(ReadOnlySpan<byte> bytes)
        {
            if (further > 0 && _next is null && bytes.Contains((byte)'%'))
                _next = new Layer(texts, further - 1, _window[.._kept]);
            return Search(bytes) ?? _next?.Find(_decoder.Decode(bytes));
        }

        private SecretValue? Search(ReadOnlySpan<byte> bytes)
        {
            int length = _kept + bytes.Length;
            if (length > _window.Length)
                Array.Resize(ref _window, length);
            bytes.CopyTo(_window.AsSpan(_kept));
            ReadOnlySpan<byte> all = _window.AsSpan(0, length);
            foreach (PlaceholderText text in texts)
            {
                foreach (byte[] form in text.Forms)
                {
                    if (all.IndexOf(form) >= 0)
                        return text.Secret;
                }
            }

            _kept = Math.Min(_keep, length);
            all[^_kept..].CopyTo(_window);
            return null;
        }
    }

    /// <summary>Decodes `%XX` over borders; whatever is no escape stays.</summary>
    private sealed class PercentDecoder
    {
        private byte[] _pending = [];

        public byte[] Decode(ReadOnlySpan<byte> bytes)
        {
            byte[] all = [.. _pending, .. bytes];
            _pending = [];
            int written = 0;
            for (int index = 0; index < all.Length; index++)
            {
                ReadOnlySpan<byte> rest = all.AsSpan(index);
                if (rest[0] == '%' && rest.Length < 3 && (rest.Length == 1 || IsHex(rest[1])))
                {
                    _pending = rest.ToArray();
                    break;
                }

                bool isEscape = rest[0] == '%' && IsHex(rest[1]) && IsHex(rest[2]);
                all[written++] = isEscape ? (byte)(Digit(rest[1]) << 4 | Digit(rest[2])) : rest[0];
                if (isEscape)
                    index += 2;
            }

            return all[..written];
        }

        private static bool IsHex(byte character) => char.IsAsciiHexDigit((char)character);

        private static int Digit(byte character) => character <= '9' ? character - '0' : (character & 0x0f) + 9;
    }
}
