using Vitrine.Cli.Output;
using Vitrine.Policy;
using Vitrine.Policy.Model;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>
/// Reads values of options by the policy's own reader, so that `--memory 2GiB` and `memory: 2GiB` mean the same and fail with the same
/// words.
/// </summary>
internal static class LimitArguments
{
    /// <summary>The limits of the options given.</summary>
    /// <exception cref="CliException">One cannot be read.</exception>
    public static LimitOverrides Read(IReadOnlyList<LimitArgument> given)
    {
        var overrides = new LimitOverrides();
        foreach (LimitArgument argument in given)
        {
            LimitSettings read = Section(argument.Option, argument.Value,
                $"{{\"limits\": {{{JsonText.Quote(argument.Key)}: {Scalar(argument.Value)}}}}}").Limits;
            overrides = argument.Key switch
            {
                "memory" => overrides with { MemoryBytes = read.MemoryBytes },
                "cpus" => overrides with { CpuMillis = read.CpuMillis },
                "pids" => overrides with { Pids = read.Pids },
                "disk" => overrides with { DiskBytes = read.DiskBytes },
                "output" => overrides with { OutputBytes = read.OutputBytes },
                "wall-clock" => overrides with { WallClock = read.WallClock },
                "idle" => overrides with { Idle = read.Idle },
                _ => throw new ArgumentOutOfRangeException(nameof(given), argument.Key, "a limit without an override"),
            };
        }

        return overrides;
    }

    /// <summary>The policy with what has no place in a request: the user, and limits that may be missing.</summary>
    /// <exception cref="CliException">One cannot be read.</exception>
    public static PolicyDocument Apply(PolicyDocument policy, SandboxArguments arguments)
    {
        if (arguments.User is { } user)
            policy = policy with { User = Section("--user", user, $"{{\"user\": {Scalar(user)}}}").User };
        if (arguments.BestEffort.Count == 0)
            return policy;
        string names = string.Join(", ", arguments.BestEffort.Select(JsonText.Quote));
        LimitSettings read =
            Section("--best-effort", string.Join(' ', arguments.BestEffort), $"{{\"limits\": {{\"best-effort\": [{names}]}}}}").Limits;
        return policy with
        {
            Limits =
            policy.Limits with { BestEffort = [.. policy.Limits.BestEffort.Union(read.BestEffort, StringComparer.Ordinal)] }
        };
    }

    private static PolicyDocument Section(string option, string value, string text)
    {
        PolicyReadResult result = PolicyReader.Read(text, option);
        if (result.Policy is { } policy)
            return policy;
        PolicyProblem problem = result.Problems[0];
        string message = $"{option} {value}: {problem.Message}.{ProblemText.HintOf(problem)}";

        // What can be read but not had is refused like any other wish; what cannot be read is wrong usage.
        throw problem.Code == "out-of-range" ? new CliException(ExitCodes.Refused, problem.Code, message) : CliException.Usage(message);
    }

    /// <summary>A number stays one, anything else is a text: what a person types at either place.</summary>
    private static string Scalar(string value) =>
        value.Length is > 0 and < 20 && value.All(static c => char.IsAsciiDigit(c) || c == '.') && !value.StartsWith('.')
            && !value.EndsWith('.') && value.Count(static c => c == '.') < 2
            ? value
            : JsonText.Quote(value);
}
