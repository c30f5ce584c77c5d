using System.Text;
using Vitrine.Linux.Terminals;

namespace Vitrine.Cli.Output;

/// <summary>
/// The process's own streams. What was asked for goes to standard output; what we have to say goes to standard error, prefixed, so that a
/// command's output is never mixed with ours.
/// </summary>
internal sealed class CliConsole
{
    private readonly Lock _errorLock = new();

    /// <summary>Standard output.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error.</summary>
    public required Stream Error { get; init; }

    /// <summary>Whether standard input is a terminal.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Whether standard output is a terminal.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether standard error is a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether NO_COLOR or TERM=dumb forbid colours (no-color.org).</summary>
    public bool ColorForbidden { get; init; }

    /// <summary>Whether our own words on standard error may be coloured.</summary>
    public bool ErrorHasColor => ErrorIsTerminal && !ColorForbidden;

    /// <summary>The streams this process was started with.</summary>
    public static CliConsole ForThisProcess() => new()
    {
        Output = StandardStream.Output(),
        Error = StandardStream.Error(),
        InputIsTerminal = HostTerminal.IsTerminal(0),
        OutputIsTerminal = HostTerminal.IsTerminal(1),
        ErrorIsTerminal = HostTerminal.IsTerminal(2),
        ColorForbidden = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal),
    };

    /// <summary>Says a sentence of ours on standard error.</summary>
    public void Say(string message) => Say(message, "\e[1m");

    /// <summary>Says what went wrong.</summary>
    public void SayError(string message) => Say(message, "\e[1;31m");

    /// <summary>Says what the user should know though it is no error.</summary>
    public void SayWarning(string message) => Say(message, "\e[1;33m");

    /// <summary>Writes what was asked for.</summary>
    public void Write(string text) => Output.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes what was asked for, with a line end.</summary>
    public void WriteLine(string text) => Write(text + "\n");

    private void Say(string message, string color)
    {
        string safe = TerminalText.Escape(message, keepLineFeeds: true)
            .Replace("\n", ErrorIsTerminal ? "\r\n" : "\n", StringComparison.Ordinal);
        string end = ErrorIsTerminal ? "\r\n" : "\n";
        string line = ErrorHasColor ? $"{color}vitrine:\e[0m {safe}{end}" : $"vitrine: {safe}{end}";
        try
        {
            lock (_errorLock)
                Error.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (IOException)
        {
            // Nobody is left to tell.
        }
    }
}
