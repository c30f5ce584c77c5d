using System.Reflection;
using System.Runtime.InteropServices;
using Vitrine.Audit.Chain;
using Vitrine.Audit.Events;

namespace Vitrine.Audit;

/// <summary>
/// Writes one chain. A line is in the file before <see cref="WriteAsync"/> returns, so it survives the process; it is on the disk (fsync(2)) at most
/// <see cref="FlushInterval"/> later, and the head after it. Safe for several threads.
/// </summary>
public sealed class AuditWriter : IAsyncDisposable
{
    private const int MaxChains = 1024;

    private readonly AuditLayout layout;
    private readonly ChainFile file;
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly Lock flushGate = new();
    private readonly LineWriter line = new();
    private readonly List<byte> pending = new(1024);
    private long sequence;
    private string hash;
    private long flushed;
    private bool flushPlanned;
    private bool closed;
    private AuditException? broken;
    private long lost;
    private DateTimeOffset lostSince;
    private string lostReason = "";

    private AuditWriter(AuditLayout layout, string writer, ChainFile file, TimeProvider clock)
    {
        this.layout = layout;
        this.file = file;
        this.clock = clock;
        Writer = writer;
        hash = ChainLine.Origin;
        timer = clock.CreateTimer(static state => ((AuditWriter)state!).FlushQuietly(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Longest time a line may wait for the disk: 1 s.</summary>
    public static TimeSpan FlushInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The chain's name.</summary>
    public string Writer { get; }

    /// <summary>
    /// Takes the chain of a writer: locks it, seals a torn last line, notes where file and head do not agree, writes `writer.opened`.
    /// </summary>
    /// <param name="directory">The trail's directory; made (0700) where it is missing.</param>
    /// <param name="writer">1 to 63 of a-z, 0-9 and hyphens.</param>
    /// <param name="clock">Where times come from.</param>
    /// <exception cref="AuditException">`audit-name`, `audit-locked`, `audit-full`, `audit-unwritable` or `audit-broken`.</exception>
    public static AuditWriter Open(string directory, string writer, TimeProvider clock)
    {
        return TryOpen(directory, writer, clock) ?? throw new AuditException(
            "audit-locked",
            $"The audit chain {writer} in {directory} is held by another running process. Wait for it, or use another writer's name.");
    }

    /// <summary>
    /// Takes the first free of the chains `prefix-0`, `prefix-1`, …: for programs of which many run at once, each for a short time. There are as many
    /// chains as ever ran at once.
    /// </summary>
    /// <exception cref="AuditException">As <see cref="Open"/>; `audit-locked` when 1,024 are taken.</exception>
    public static AuditWriter OpenFree(string directory, string prefix, TimeProvider clock)
    {
        for (int i = 0; i < MaxChains; i++)
        {
            if (TryOpen(directory, $"{prefix}-{i}", clock) is { } writer)
                return writer;
        }

        throw new AuditException("audit-locked", $"All {MaxChains} audit chains {prefix}-N in {directory} are held by running processes.");
    }

    /// <summary>Writes an event as the next line. When it returns, the line is in the file; when it throws, it is not.</summary>
    /// <exception cref="AuditException">The trail takes nothing: start no new work. Trying again later is allowed after `audit-full`; the gap is then recorded.</exception>
    public ValueTask WriteAsync(AuditEvent e, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(e);
        ct.ThrowIfCancellationRequested();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (broken is not null)
                throw new AuditException(broken.Code, broken.Message, broken);
            Append(e);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until every line so far, and then the head, is on the disk.</summary>
    /// <exception cref="AuditException">The disk failed. What is there cannot be relied upon, and the writer takes nothing more.</exception>
    public Task FlushAsync(CancellationToken ct) => Task.Run(Flush, ct);

    /// <summary>Writes `writer.closed`, flushes, gives the chain back. A trail that cannot be finished is left as after a crash: whole up to its last line.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (closed)
                return;
            try
            {
                if (broken is null)
                    Append(Own(new WriterClosed()));
            }
            catch (AuditException)
            {
                // The chain then ends without it, which is what a reader should see.
            }

            closed = true;
        }

        await timer.DisposeAsync().ConfigureAwait(false);
        await Task.Run(FlushQuietly).ConfigureAwait(false);
        file.Dispose();
    }

    private static AuditWriter? TryOpen(string directory, string writer, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (!AuditLayout.IsWriter(writer))
            throw new AuditException("audit-name", "The name of an audit writer is 1 to 63 characters of a-z, 0-9 and hyphens, with no hyphen first.");
        var place = new AuditLayout(Path.GetFullPath(directory));
        place.Create();
        if (ChainFile.TryOpen(place, writer) is not { } chain)
            return null;
        var opened = new AuditWriter(place, writer, chain, clock);
        try
        {
            opened.Start();
            return opened;
        }
        catch
        {
            opened.timer.Dispose();
            chain.Dispose();
            throw;
        }
    }

    private static AuditEvent Own(AuditPayload payload) => new() { Payload = payload, Source = AuditSource.Host };

    private static string Version() =>
        typeof(AuditWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private void Start()
    {
        ChainTail tail = file.ReadTail();
        (sequence, hash) = (tail.Sequence, tail.Hash);
        string? damage = CompareWithHead(tail);
        if (tail.NeedsNewline)
            pending.Add((byte)'\n');
        if (tail.TornBytes > 0)
            Add(Own(new ChainSealed { TornBytes = tail.TornBytes, TornSha256 = tail.TornSha256 }));
        if (damage is not null)
            Add(Own(new ChainDamaged { Found = damage }));
        Append(Own(new WriterOpened { Version = Version(), Pid = Environment.ProcessId }));
        WriteHead(new ChainHead(sequence, hash), durable: false);
    }

    /// <summary>Where the head is ahead of the file, the chain goes on after the head: the missing numbers stay missing for everyone to see.</summary>
    private string? CompareWithHead(ChainTail tail)
    {
        ChainHead? head;
        try
        {
            head = ChainHead.Read(layout.Head(Writer));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return $"The head cannot be read: {e.Message}";
        }

        if (head is not { } known || known.Sequence < tail.Sequence || known == new ChainHead(tail.Sequence, tail.Hash))
            return null;
        (sequence, hash) = (known.Sequence, known.Hash);
        return known.Sequence == tail.Sequence
            ? $"Line {tail.Sequence} is not the one the head was made of."
            : $"The file ends at line {tail.Sequence}, but line {known.Sequence} had been written.";
    }

    private void Append(AuditEvent e)
    {
        (long Sequence, string Hash, int Pending) before = (sequence, hash, pending.Count);
        bool isBroken = false;
        try
        {
            if (lost > 0)
                Add(Own(new ChainLost { Events = lost, Since = lostSince, Reason = lostReason }));
            Add(e);
            file.Append(CollectionsMarshal.AsSpan(pending), out isBroken);
            pending.Clear();
            lost = 0;
        }
        catch (Exception fault) when (fault is AuditException or IOException or UnauthorizedAccessException)
        {
            (sequence, hash) = (before.Sequence, before.Hash);
            pending.RemoveRange(before.Pending, pending.Count - before.Pending);
            var error = fault as AuditException ?? ChainFile.Failed("mended", layout.Chain(Writer), fault);
            if (isBroken)
                broken = error;
            lostSince = lost == 0 ? clock.GetUtcNow() : lostSince;
            lostReason = error.Code;
            lost++;
            throw error;
        }

        PlanFlush();
    }

    private void Add(AuditEvent e)
    {
        hash = ChainLine.Append(line, pending, Writer, sequence + 1, clock.GetUtcNow(), e, hash);
        sequence++;
    }

    private void PlanFlush()
    {
        if (flushPlanned)
            return;
        flushPlanned = true;
        timer.Change(FlushInterval, Timeout.InfiniteTimeSpan);
    }

    private void FlushQuietly()
    {
        try
        {
            Flush();
        }
        catch (AuditException)
        {
            // Kept in `broken`: the next write says so.
        }
    }

    private void Flush()
    {
        lock (flushGate)
        {
            ChainHead target;
            lock (gate)
            {
                flushPlanned = false;
                if (broken is not null)
                    throw new AuditException(broken.Code, broken.Message, broken);
                if (sequence == flushed)
                    return;
                target = new ChainHead(sequence, hash);
            }

            FlushFile();
            WriteHead(target, durable: true);
            flushed = target.Sequence;
        }
    }

    /// <summary>After an error of fsync(2) the kernel may have dropped the pages, so a second try that succeeds proves nothing: the writer ends here.</summary>
    private void FlushFile()
    {
        try
        {
            file.Flush();
        }
        catch (Exception e) when (e is AuditException or IOException)
        {
            var error = e as AuditException ?? ChainFile.Failed("brought to the disk", layout.Chain(Writer), e);
            lock (gate)
                broken = error;
            throw error;
        }
    }

    private void WriteHead(ChainHead head, bool durable)
    {
        try
        {
            head.Write(layout.Head(Writer), durable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ChainFile.Failed("written", layout.Head(Writer), e);
        }
    }
}
