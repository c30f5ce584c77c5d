using System.Security.Cryptography;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Verify;

/// <summary>Bytes between two whole lines, hashed as they pass. The newline that ends them was added by who sealed them, and does not count.</summary>
internal sealed class TornLines
{
    private IncrementalHash? sha;
    private long bytes;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => sha is null;

    /// <summary>Whether the last of them is ended by a newline.</summary>
    public bool HasNewline { get; private set; }

    /// <summary>Line number of the first.</summary>
    public long FirstLine { get; private set; }

    /// <summary>Takes a line or piece.</summary>
    public void Add(ReadOnlySpan<byte> line, bool hasNewline, long number)
    {
        if (sha is null)
        {
            sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            FirstLine = number;
        }
        else if (HasNewline)
        {
            sha.AppendData("\n"u8);
            bytes++;
        }

        sha.AppendData(line);
        bytes += line.Length;
        HasNewline = hasNewline;
    }

    /// <summary>Whether a seal vouches for exactly these.</summary>
    public bool Matches(ChainSealed seal) =>
        seal.TornBytes == bytes && sha is not null && string.Equals(seal.TornSha256, Convert.ToHexStringLower(sha.GetCurrentHash()), StringComparison.Ordinal);

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        sha?.Dispose();
        sha = null;
        bytes = 0;
    }
}
