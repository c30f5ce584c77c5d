using System.Globalization;

namespace Vitrine.Bench;

/// <summary>What to measure and how often.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        usage: bench/run [--rounds N] [--sandboxes N] [--only PHASE[,PHASE…]] [--json FILE]
          --rounds N     rounds of the cold phase (200) and of the others in proportion
          --sandboxes N  idle sandboxes whose memory is counted (100)
          --only         cold, cli, steps, exec, idle, egress, wayout; all by default
          --json FILE    writes the figures as JSON too; - for standard output
        Needs root, crun and a published guest; `--only egress` needs nothing.
        """;

    /// <summary>Rounds of the cold phase.</summary>
    public int Rounds { get; private init; } = 200;

    /// <summary>Sandboxes that stand idle at once.</summary>
    public int Sandboxes { get; private init; } = 100;

    /// <summary>Phases to run.</summary>
    public IReadOnlySet<string> Phases { get; private init; } = new HashSet<string>(["cold", "cli", "steps", "exec", "idle", "egress", "wayout"],
        StringComparer.Ordinal);

    /// <summary>Where the JSON goes; null for nowhere.</summary>
    public string? JsonPath { get; private init; }

    /// <summary>Reads the command line; null where it cannot be understood.</summary>
    public static BenchOptions? Parse(string[] arguments)
    {
        BenchOptions options = new();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
            switch (arguments[i])
            {
                case "--rounds" when number > 0: options = options with { Rounds = number }; break;
                case "--sandboxes" when number > 0: options = options with { Sandboxes = number }; break;
                case "--json" when value.Length > 0: options = options with { JsonPath = value }; break;
                case "--only" when value.Split(',').All(options.Phases.Contains):
                    options = options with { Phases = value.Split(',').ToHashSet(StringComparer.Ordinal) };
                    break;
                default: return null;
            }
        }

        return options;
    }
}
