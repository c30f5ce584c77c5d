using System.Runtime.CompilerServices;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit;

/// <summary>Reads a trail, next to running writers if need be. It does not judge: <see cref="AuditVerifier"/> does.</summary>
public static class AuditReader
{
    /// <summary>The chosen records of all chains, merged by time. A line that is no event comes as <see cref="Events.Unreadable"/>, whatever the filter chooses.</summary>
    /// <param name="directory">The trail's directory; a missing one holds nothing.</param>
    /// <param name="filter">What to choose; null for everything.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AuditException">`audit-unreadable`: a file cannot be read.</exception>
    public static async IAsyncEnumerable<AuditRecord> ReadAsync(
        string directory, AuditFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        filter ??= AuditFilter.All;
        var layout = new AuditLayout(Path.GetFullPath(directory));
        var cursors = new PriorityQueue<ChainCursor, (DateTimeOffset Time, string Writer)>();
        try
        {
            foreach (string writer in layout.Writers().Where(writer => filter.Writer is null || filter.Writer == writer))
            {
                if (ChainCursor.TryOpen(layout.Chain(writer), writer) is { } cursor)
                    await AdvanceAsync(cursors, cursor, cancellationToken).ConfigureAwait(false);
            }

            while (cursors.TryDequeue(out ChainCursor? cursor, out _))
            {
                AuditRecord record = cursor.Current;
                await AdvanceAsync(cursors, cursor, cancellationToken).ConfigureAwait(false);
                if (record.Event.Payload is Events.Unreadable { Name: "unreadable" } || filter.Accepts(record))
                    yield return record;
            }
        }
        finally
        {
            while (cursors.TryDequeue(out ChainCursor? cursor, out _))
                await cursor.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask AdvanceAsync(
        PriorityQueue<ChainCursor, (DateTimeOffset Time, string Writer)> cursors, ChainCursor cursor, CancellationToken cancellationToken)
    {
        bool more = false;
        try
        {
            more = await cursor.NextAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!more)
                await cursor.DisposeAsync().ConfigureAwait(false);
        }

        if (more)
            cursors.Enqueue(cursor, (cursor.Current.Time, cursor.Current.Writer));
    }
}
