namespace Vitrine.Audit.Tests;

/// <summary>Not a test but a victim: another test starts it in a process of its own and kills it.</summary>
public sealed class EndlessWriter
{
    public const string Variable = "VITRINE_AUDIT_VICTIM";

    [Fact(Explicit = true)]
    public async Task WriteUntilKilled()
    {
        string directory = Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException($"{Variable} is not set: only CrashTests runs this.");
        await using AuditWriter writer = AuditWriter.Open(directory, "cli", TimeProvider.System);
        for (int i = 0; i < 1_000_000; i++)
            await writer.WriteAsync(Trail.Numbered(i), TestContext.Current.CancellationToken);
    }
}
