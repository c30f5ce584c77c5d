using System.Globalization;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>How much CPU programs that are none of this test's use meanwhile: all that the machine used (proc_stat(5)) less this process and its sandboxes.</summary>
internal sealed class HostLoad(params Sandbox[] own)
{
    // USER_HZ, 100 on every Linux that .NET runs on (sysconf(3), _SC_CLK_TCK).
    private const double TicksPerSecond = 100;

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly double _others = OthersSeconds(own);

    /// <summary>CPUs' worth of time that others used since the start.</summary>
    public double OthersCpus() => (OthersSeconds(own) - _others) / TimeProvider.System.GetElapsedTime(_start).TotalSeconds;

    private static double OthersSeconds(Sandbox[] own)
    {
        // cpu  user nice system idle iowait irq softirq steal guest guest_nice; guest time is in user already.
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
        double busy = (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
        return busy - Environment.CpuUsage.TotalTime.TotalSeconds - own.Sum(s => s.ReadUsage().Cpu.TotalSeconds);
    }
}
