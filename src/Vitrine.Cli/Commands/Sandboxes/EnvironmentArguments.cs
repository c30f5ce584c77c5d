using System.Collections;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>Splits --env into what is set and what passes from here.</summary>
internal sealed record EnvironmentArguments(IReadOnlyDictionary<string, string> Set, IReadOnlyList<string> Pass)
{
    /// <summary>Splits them.</summary>
    /// <exception cref="CliException">One has no name.</exception>
    public static EnvironmentArguments Read(IReadOnlyList<string> given)
    {
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        var pass = new List<string>();
        foreach (string text in given)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals == 0 || text.Length == 0)
                throw CliException.Usage($"--env {text} names no variable; write NAME=VALUE, or NAME for the value it has here.");
            if (equals < 0)
                pass.Add(text);
            else
                set[text[..equals]] = text[(equals + 1)..];
        }

        return new EnvironmentArguments(set, pass);
    }

    /// <summary>The variables of this process, of which only those named go in.</summary>
    public static IReadOnlyDictionary<string, string> OfThisProcess()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            all[(string)variable.Key] = (string?)variable.Value ?? "";
        return all;
    }
}
