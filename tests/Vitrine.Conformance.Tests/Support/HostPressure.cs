using System.Globalization;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>How long programs on this machine wait for a CPU (pressure stall information, Documentation/accounting/psi.rst).</summary>
internal static class HostPressure
{
    private const string Path = "/proc/pressure/cpu";

    /// <summary>The share of the next second in which some program waited for a CPU, 0 to 1; null where the kernel does not count it.</summary>
    public static async Task<double?> MeasureAsync()
    {
        if (Total() is not { } before)
            return null;
        await Task.Delay(TimeSpan.FromSeconds(1));
        return (Total() - before) / 1_000_000.0;
    }

    private static long? Total()
    {
        try
        {
            // some avg10=… avg60=… avg300=… total=MICROSECONDS
            string line = File.ReadLines(Path).First();
            return long.Parse(line.AsSpan(line.LastIndexOf('=') + 1), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
