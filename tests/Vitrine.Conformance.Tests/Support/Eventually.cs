namespace Vitrine.Conformance.Tests.Support;

/// <summary>Waits for what the kernel finishes in its own time, such as the end of a namespace.</summary>
internal static class Eventually
{
    /// <summary>Looks again until nothing is found or the time is over; returns what is still found.</summary>
    public static async Task<IReadOnlyList<string>> NothingAsync(Func<IReadOnlyList<string>> look, TimeSpan settling)
    {
        using var deadline = new CancellationTokenSource(settling);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            IReadOnlyList<string> found = look();
            if (found.Count == 0 || deadline.IsCancellationRequested)
                return found;
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Looks again until it holds; false when the time is over.</summary>
    public static async Task<bool> TrueAsync(Func<bool> look, TimeSpan patience) =>
        (await NothingAsync(() => look() ? [] : ["not yet"], patience)).Count == 0;
}
