using System.Globalization;

namespace Vitrine.Policy.Tests.Support;

internal sealed class FixedClock(string now) : TimeProvider
{
    public static FixedClock Noon { get; } = new("2026-01-31T12:00:00Z");

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
}
