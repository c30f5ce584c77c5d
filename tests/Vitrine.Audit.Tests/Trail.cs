using System.Globalization;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Tests;

/// <summary>A trail's directory of its own, removed with everything in it.</summary>
public sealed class Trail : IDisposable
{
    private static int count;

    public Trail(string? under = null)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"vitrine-audit-test-{Environment.ProcessId}-{Interlocked.Increment(ref count)}");
        Directory = Path.Combine(under ?? Path.GetTempPath(), name);
    }

    public string Directory { get; }

    public string File => Path.Combine(Directory, "cli.jsonl");

    public string Head => Path.Combine(Directory, "heads", "cli");

    public ManualClock Clock { get; } = new();

    public AuditWriter Open() => AuditWriter.Open(Directory, "cli", Clock);

    /// <summary>Writes <paramref name="events"/> refusals numbered from 1 as one writer's whole life: opened is line 1, closed the last.</summary>
    public async Task WriteAsync(int events)
    {
        await using AuditWriter writer = Open();
        for (int i = 1; i <= events; i++)
            await writer.WriteAsync(Numbered(i), TestContext.Current.CancellationToken);
    }

    public static AuditEvent Numbered(int number) => new()
    {
        Payload = new Refused { Code = "test", What = string.Create(CultureInfo.InvariantCulture, $"number {number}") },
        Source = AuditSource.Host,
        Sandbox = "abcdefghij012345",
    };

    public string[] Lines() => System.IO.File.ReadAllLines(File);

    public void WriteLines(IEnumerable<string> lines) => System.IO.File.WriteAllText(File, string.Concat(lines.Select(line => line + "\n")));

    public Task<AuditVerification> VerifyAsync(bool heads = true) => AuditVerifier.VerifyAsync(Directory, heads, TestContext.Current.CancellationToken);

    public async Task<List<AuditRecord>> ReadAsync(AuditFilter? filter = null)
    {
        var records = new List<AuditRecord>();
        await foreach (AuditRecord record in AuditReader.ReadAsync(Directory, filter, TestContext.Current.CancellationToken))
            records.Add(record);
        return records;
    }

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory))
            System.IO.Directory.Delete(Directory, recursive: true);
    }
}
