namespace Vitrine.Audit.Chain;

/// <summary>Goes through a file line by line as bytes. A line longer than any writer makes comes in pieces, so memory stays bounded.</summary>
internal sealed class LineScanner(Stream stream) : IAsyncDisposable
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int filled;
    private int taken;

    /// <summary>The line (or piece) without its newline; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Line => buffer.AsMemory(start, taken);

    /// <summary>Whether a newline follows; false for a piece and for an end without one.</summary>
    public bool HasNewline { get; private set; }

    /// <summary>Number of the line in the file, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Opens a chain's file next to its writer, if that runs.</summary>
    public static LineScanner Open(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan));

    /// <summary>Goes to the next line. False at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (Number == 0 || HasNewline)
            Number++;
        start += taken + (HasNewline ? 1 : 0);
        HasNewline = false;
        taken = 0;
        while (true)
        {
            int newline = buffer.AsSpan(start + taken, filled - start - taken).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                taken += newline;
                HasNewline = true;
                return true;
            }

            taken = filled - start;
            if (taken >= ChainLine.MaxBytes)
                return true;
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                return taken > 0;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (filled == buffer.Length)
        {
            byte[] next = taken > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
            buffer.AsSpan(start, taken).CopyTo(next);
            (buffer, start, filled) = (next, 0, taken);
        }

        int got = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
        filled += got;
        return got > 0;
    }
}
