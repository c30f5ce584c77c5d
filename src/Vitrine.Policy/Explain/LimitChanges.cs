using System.Globalization;
using Vitrine.Policy.Model;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Explain;

/// <summary>Differences in limits.</summary>
internal static class LimitChanges
{
    public static void Collect(ChangeList changes, LimitSettings before, LimitSettings after)
    {
        changes.Amount("limits.memory", before.MemoryBytes, after.MemoryBytes, ByteSize.Format);
        changes.Amount("limits.cpus", before.CpuMillis, after.CpuMillis, CpuShare.Format);
        changes.Amount("limits.pids", before.Pids, after.Pids, Number);
        changes.Amount("limits.disk", before.DiskBytes ?? long.MaxValue, after.DiskBytes ?? long.MaxValue, bytes => bytes == long.MaxValue
            ? "none" : ByteSize.Format(bytes));
        changes.Amount("limits.open-files", before.OpenFiles, after.OpenFiles, Number);
        changes.Amount("limits.output", before.OutputBytes, after.OutputBytes, ByteSize.Format);
        changes.Amount("limits.wall-clock", NoneIsMost(before.WallClock), NoneIsMost(after.WallClock), Time);
        changes.Amount("limits.idle", NoneIsMost(before.Idle), NoneIsMost(after.Idle), Time);
        changes.Grants("limits.best-effort", before.BestEffort, after.BestEffort);
    }

    private static TimeSpan NoneIsMost(TimeSpan time) => time == TimeSpan.Zero ? TimeSpan.MaxValue : time;

    private static string Time(TimeSpan time) => time == TimeSpan.MaxValue ? DurationText.None : DurationText.Format(time);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
