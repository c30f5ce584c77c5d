using System.CommandLine;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>The file argument of these commands, and what all of them do with it.</summary>
internal static class PolicyInput
{
    /// <summary>The argument.</summary>
    /// <param name="name">Its name in the help.</param>
    /// <param name="required">Whether the tightest policy does not stand in for it.</param>
    public static Argument<string?> Argument(string name = "FILE", bool required = false) => new Argument<string?>(name)
    {
        Description = required ? "Policy file (YAML or JSON), or - for standard input."
            : "Policy file (YAML or JSON), or - for standard input; the tightest policy without one.",
        Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    }.CompletesFiles();

    /// <summary>Reads a policy that must be right.</summary>
    /// <exception cref="CliException">It cannot be read, or has mistakes.</exception>
    public static PolicyDocument Read(string? path)
    {
        PolicyReadResult read = PolicyFiles.Read(path);
        if (read.Policy is { } policy)
            return policy;
        PolicyProblem first = read.Problems[0];
        string more = read.Problems.Count == 1 ? "" : $" `vitrine policy check {path}` shows all {read.Problems.Count}.";
        throw new CliException(ExitCodes.Refused, first.Code, ProblemText.Of(first) + more);
    }

    /// <summary>How this machine would carry the policy out, with nothing asked beyond it.</summary>
    public static PlanResult Plan(PolicyDocument policy) =>
        SandboxPlanner.Plan(policy, Request(), new LinuxHostFacts(), TimeProvider.System);

    /// <summary>The way out alone, as this machine would plan it.</summary>
    public static EgressPlanResult PlanEgress(PolicyDocument policy) =>
        SandboxPlanner.PlanEgress(policy, Request(), new LinuxHostFacts());

    private static PlanRequest Request() => new()
    {
        Authority = RequestAuthority.Operator,
        BaseDirectory = Directory.GetCurrentDirectory(),
        HostEnvironment = EnvironmentArguments.OfThisProcess(),
    };
}
