using System.Globalization;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Writing;

/// <summary>Writes limits.</summary>
internal static class LimitWriter
{
    public static SectionWriter Write(SectionWriter section, LimitSettings limits) => section
        .Plain(LimitKeys.Memory, ByteSize.Format(limits.MemoryBytes))
        .Plain(LimitKeys.Cpus, CpuShare.Format(limits.CpuMillis))
        .Plain(LimitKeys.Pids, limits.Pids.ToString(CultureInfo.InvariantCulture))
        .Plain(LimitKeys.Disk, limits.DiskBytes is { } disk ? ByteSize.Format(disk) : "")
        .Plain(LimitKeys.OpenFiles, limits.OpenFiles.ToString(CultureInfo.InvariantCulture))
        .Plain(LimitKeys.Output, ByteSize.Format(limits.OutputBytes))
        .Plain(LimitKeys.WallClock, DurationText.Format(limits.WallClock))
        .Plain(LimitKeys.Idle, DurationText.Format(limits.Idle))
        .Words(LimitKeys.BestEffort, limits.BestEffort);
}
