using Vitrine.Audit.Chain;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Verify;

/// <summary>Goes through one chain. After a fault it goes on from what the line says of itself, so that one deed makes one finding or two, not a thousand.</summary>
internal sealed class ChainVerifier(string path, string writer, List<AuditFinding> findings)
{
    private const int MaxFindings = 1000;

    private readonly TornLines torn = new();
    private ChainHead? head;
    private bool headPassed;
    private int found;
    private long lines;
    private long sequence;
    private string hash = ChainLine.Origin;

    /// <summary>Reads the head. Before the file: a writer at work only adds lines, so the head's line is then in it.</summary>
    public void TakeHead(string headPath)
    {
        try
        {
            head = ChainHead.Read(headPath);
            if (head is null)
                Report(AuditFault.HeadMissing, 0, 0, $"There is no head at {headPath}, so a missing end would not show.");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            Report(AuditFault.HeadMissing, 0, 0, $"The head at {headPath} cannot be read: {e.Message}");
        }
    }

    /// <summary>Verifies from the first line to the last.</summary>
    public async Task<AuditChainEnd> RunAsync(CancellationToken cancellationToken)
    {
        bool openEnded = false;
        try
        {
            if (File.Exists(path))
                openEnded = await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(AuditFault.Unreadable, 0, 0, $"The file cannot be read: {e.Message}");
        }

        if (head is { } known && !headPassed && known.Sequence > sequence)
            Report(AuditFault.Truncated, lines, sequence, $"The file ends at number {sequence}; number {known.Sequence} had been written: {known.Sequence - sequence} lines were cut off.");
        else if (head is { } other && !headPassed)
            Report(AuditFault.HeadMismatch, 0, other.Sequence, $"Number {other.Sequence}, which the head knows of, is not in the file.");
        return new AuditChainEnd(writer, lines, sequence, hash, openEnded);
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        await using LineScanner scanner = LineScanner.Open(path);
        while (await scanner.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!scanner.HasNewline || !ChainLine.TryParse(scanner.Line.Span, out ChainLink link))
            {
                torn.Add(scanner.Line.Span, scanner.HasNewline, scanner.Number);
                continue;
            }

            JudgeTorn(scanner.Line);
            Judge(link, scanner.Number);
            lines++;
        }

        if (torn.IsEmpty)
            return false;
        if (torn.HasNewline)
            Report(AuditFault.Malformed, torn.FirstLine, sequence + 1, "This is no line of an audit chain.");
        return true;
    }

    /// <summary>Lines that are none, before one that is: a crash left them if the line after them vouches for exactly those bytes.</summary>
    private void JudgeTorn(ReadOnlyMemory<byte> next)
    {
        if (torn.IsEmpty)
            return;
        AuditPayload payload = RecordReader.Read(next, writer, null).Event.Payload;
        if (payload is not ChainSealed seal || !torn.Matches(seal))
            Report(AuditFault.Malformed, torn.FirstLine, sequence + 1, "This is no line of an audit chain, and no seal vouches for it.");
        torn.Clear();
    }

    private void Judge(ChainLink link, long line)
    {
        if (!string.Equals(link.Writer, writer, StringComparison.Ordinal))
            Report(AuditFault.WrongWriter, line, link.Sequence, $"The line names another writer than {writer}: it belongs to another chain.");
        if (!link.IsWhole)
            Report(AuditFault.Edited, line, link.Sequence, "The line's bytes are not those its hash was made of: it was edited.");
        if (link.Sequence > sequence + 1)
            Report(AuditFault.Removed, line, link.Sequence, $"Before this line {link.Sequence - sequence - 1} are missing: numbers {sequence + 1} to {link.Sequence - 1}.");
        else if (link.Sequence <= sequence)
            Report(AuditFault.Reordered, line, link.Sequence, $"Number {link.Sequence} comes after number {sequence}: lines were moved or copied in.");
        else if (!string.Equals(link.Previous, hash, StringComparison.Ordinal))
            Report(AuditFault.Edited, line - 1, link.Sequence - 1, "The line after it was made after another line than this: this one was replaced.");
        if (head is { } known && known.Sequence == link.Sequence)
            CheckHead(known, link, line);
        (sequence, hash) = (link.Sequence, link.Hash);
    }

    private void CheckHead(ChainHead known, ChainLink link, long line)
    {
        headPassed = true;
        if (!string.Equals(known.Hash, link.Computed, StringComparison.Ordinal))
            Report(AuditFault.HeadMismatch, line, link.Sequence, "The head knows another line with this number.");
    }

    private void Report(AuditFault fault, long line, long at, string message)
    {
        if (found++ < MaxFindings)
            findings.Add(new AuditFinding(fault, path, line, at, message));
    }
}
