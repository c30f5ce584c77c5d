namespace Vitrine.Audit.Chain;

/// <summary>A place in one chain while several are read together.</summary>
internal sealed class ChainCursor : IAsyncDisposable
{
    private readonly LineScanner scanner;
    private readonly string writer;
    private AuditRecord? current;

    private ChainCursor(LineScanner scanner, string writer)
    {
        this.scanner = scanner;
        this.writer = writer;
    }

    /// <summary>The record at this place.</summary>
    public AuditRecord Current => current ?? throw new InvalidOperationException("Nothing was read yet.");

    /// <summary>Opens a chain at its start. Null when there is no file, only a head.</summary>
    public static ChainCursor? TryOpen(string path, string writer)
    {
        try
        {
            return new ChainCursor(LineScanner.Open(path), writer);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException("audit-unreadable", $"{path} cannot be read: {e.Message} Read it as its owner.", e);
        }
    }

    /// <summary>Goes on. False at the end; a last line without a newline is still being written and is not given.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (!await scanner.NextAsync(cancellationToken).ConfigureAwait(false) || (!scanner.HasNewline && scanner.Line.Length < ChainLine.MaxBytes))
            return false;
        current = RecordReader.Read(scanner.Line, writer, current);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => scanner.DisposeAsync();
}
