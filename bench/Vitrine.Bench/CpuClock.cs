using System.Globalization;

namespace Vitrine.Bench;

/// <summary>
/// CPU time of this process and of the children it has reaped, in milliseconds: proc_pid_stat(5), fields 14 to 17. It comes in ticks of 10
/// ms, so one difference says little and the mean of many says much; and it does not grow when the machine does other things, as wall clock
/// does.
/// </summary>
/// <param name="Own">This process.</param>
/// <param name="Children">Children that ended, with theirs.</param>
internal readonly record struct CpuClock(double Own, double Children)
{
    private const double MillisecondsPerTick = 10;

    /// <summary>Both together.</summary>
    public double Total => Own + Children;

    /// <summary>Reads it.</summary>
    public static CpuClock Read()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // The name in parentheses may hold blanks.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double At(int field) => double.Parse(fields[field - 3], CultureInfo.InvariantCulture) * MillisecondsPerTick;
        return new(At(14) + At(15), At(16) + At(17));
    }

    /// <summary>What passed since an earlier reading.</summary>
    public CpuClock Since(CpuClock earlier) => new(Own - earlier.Own, Children - earlier.Children);
}
