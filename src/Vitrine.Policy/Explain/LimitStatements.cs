using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Explain;

/// <summary>Where things end.</summary>
internal static class LimitStatements
{
    public static IEnumerable<PolicyStatement> Of(PolicyDocument policy)
    {
        LimitSettings limits = policy.Limits;
        yield return Limit(policy, LimitKeys.Memory,
            $"memory {ByteSize.Format(limits.MemoryBytes)}, memory file systems among it, no swap");
        yield return Limit(policy, LimitKeys.Cpus, $"CPU time of {CpuShare.Format(limits.CpuMillis)} CPU");
        yield return Limit(policy, LimitKeys.Pids, $"{limits.Pids} processes and threads");
        yield return Limit(policy, LimitKeys.Disk, limits.DiskBytes is { } disk
            ? $"all memory file systems together {ByteSize.Format(disk)}" : "memory file systems by their own sizes");
        yield return Limit(policy, LimitKeys.OpenFiles, $"{limits.OpenFiles} open files a process");
        yield return Limit(policy, LimitKeys.Output, $"{ByteSize.Format(limits.OutputBytes)} printed by a command");
        yield return Limit(policy, LimitKeys.WallClock, limits.WallClock == TimeSpan.Zero
            ? "no wall clock" : $"{DurationText.Format(limits.WallClock)} from start to end");
        yield return Limit(policy, LimitKeys.Idle, limits.Idle == TimeSpan.Zero
            ? "no idle time" : $"{DurationText.Format(limits.Idle)} without work");
        if (limits.BestEffort.Count > 0)
            yield return Statement.Warning(policy, "limits.best-effort",
                $"may be missing where the host cannot hold them: {string.Join(", ", limits.BestEffort)}");
    }

    private static PolicyStatement Limit(PolicyDocument policy, Key key, string sentence) =>
        Statement.Limit(policy, $"limits.{key.Name}", sentence);
}
