using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Audit.Chain;

/// <summary>How a chain's file ends: its last whole line, and what stands after it.</summary>
/// <param name="Sequence">Number of the last whole line; 0 for none.</param>
/// <param name="Hash">Its hash; <see cref="ChainLine.Origin"/> for none.</param>
/// <param name="Length">Bytes of the file.</param>
/// <param name="TornBytes">Bytes after the last whole line that are no line, one newline at their end not counted.</param>
/// <param name="TornSha256">Lower-case hex SHA-256 of those.</param>
/// <param name="NeedsNewline">Whether the file does not end in a newline.</param>
internal readonly record struct ChainTail(long Sequence, string Hash, long Length, long TornBytes, string TornSha256, bool NeedsNewline)
{
    /// <summary>How far from the end a whole line is looked for.</summary>
    public const int MaxSearch = 4 * ChainLine.MaxBytes;

    /// <summary>Reads the end of a file, growing the window until a whole line is found in it.</summary>
    /// <exception cref="FormatException">There is none within <see cref="MaxSearch"/> bytes: this is no audit chain.</exception>
    public static ChainTail Read(SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        for (int window = 64 * 1024; ; window *= 4)
        {
            byte[] bytes = ReadEnd(file, length, window);
            if (TryFind(bytes, bytes.Length == length, length) is { } tail)
                return tail;
            if (window >= MaxSearch)
                throw new FormatException($"no whole line in its last {MaxSearch} bytes");
        }
    }

    private static byte[] ReadEnd(SafeFileHandle file, long length, int window)
    {
        var bytes = new byte[Math.Min(window, length)];
        int read = 0;
        while (read < bytes.Length)
        {
            int got = RandomAccess.Read(file, bytes.AsSpan(read), length - bytes.Length + read);
            if (got == 0)
                throw new FormatException("it became shorter while it was read");
            read += got;
        }

        return bytes;
    }

    private static ChainTail? TryFind(ReadOnlySpan<byte> bytes, bool isAll, long length)
    {
        bool needsNewline = bytes.Length > 0 && bytes[^1] != '\n';
        ReadOnlySpan<byte> rest = needsNewline || bytes.IsEmpty ? bytes : bytes[..^1];
        int end = rest.Length;
        while (end > 0)
        {
            int start = rest[..end].LastIndexOf((byte)'\n') + 1;
            if (start == 0 && !isAll)
                return null;
            if (ChainLine.TryParse(rest[start..end], out ChainLink link) && link.IsWhole)
            {
                ReadOnlySpan<byte> torn = end == rest.Length ? [] : rest[(end + 1)..];
                return new ChainTail(link.Sequence, link.Hash, length, torn.Length, Sha(torn), needsNewline);
            }

            end = Math.Max(0, start - 1);
        }

        return isAll ? new ChainTail(0, ChainLine.Origin, length, rest.Length, Sha(rest), needsNewline) : null;
    }

    private static string Sha(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "" : Convert.ToHexStringLower(SHA256.HashData(bytes));
}
