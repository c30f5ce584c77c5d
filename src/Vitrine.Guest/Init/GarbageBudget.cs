namespace Vitrine.Guest.Init;

/// <summary>
/// Collects after a bounded amount of garbage, between commands: the collector's own budget follows the size of the machine's cache, which
/// is megabytes.
/// </summary>
internal static class GarbageBudget
{
    private const long Budget = 192 * 1024;
    private static long s_last;

    internal static void Spend()
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        if (allocated - s_last < Budget)
            return;
        s_last = allocated;
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }
}
