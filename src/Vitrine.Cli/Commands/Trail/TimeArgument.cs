using System.Globalization;

namespace Vitrine.Cli.Commands.Trail;

/// <summary>A moment on a command line: a date and time, or an age.</summary>
internal static class TimeArgument
{
    /// <summary>Reads it.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">As given; null stays null.</param>
    /// <param name="clock">What an age counts from.</param>
    /// <exception cref="CliException">It is neither.</exception>
    public static DateTimeOffset? Read(string option, string? text, TimeProvider clock)
    {
        if (text is null)
            return null;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out int count) && Unit(text[^1]) is { } unit)
            return clock.GetUtcNow() - (count * unit);
        const DateTimeStyles style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, style, out DateTimeOffset time)
            ? time
            : throw CliException.Usage($"{option} {text} is no time; write 2026-01-31T12:00Z, 2026-01-31, or an age such as 30m, 2h, 7d.");
    }

    private static TimeSpan? Unit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
