using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `limits`.</summary>
internal static class LimitReader
{
    public static LimitSettings Read(SectionReader section)
    {
        var defaults = new LimitSettings();
        return new LimitSettings
        {
            MemoryBytes = section.Size(LimitKeys.Memory) ?? defaults.MemoryBytes,
            CpuMillis = section.Cpus(LimitKeys.Cpus) ?? defaults.CpuMillis,
            Pids = (int)(section.Integer(LimitKeys.Pids) ?? defaults.Pids),
            DiskBytes = section.Size(LimitKeys.Disk),
            OpenFiles = (int)(section.Integer(LimitKeys.OpenFiles) ?? defaults.OpenFiles),
            OutputBytes = section.Size(LimitKeys.Output) ?? defaults.OutputBytes,
            WallClock = section.Duration(LimitKeys.WallClock) ?? defaults.WallClock,
            Idle = section.Duration(LimitKeys.Idle) ?? defaults.Idle,
            BestEffort = section.Words(LimitKeys.BestEffort) ?? defaults.BestEffort,
        };
    }
}
