using Vitrine.Cli.Output;
using Vitrine.Policy;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>From a command line to a plan, or to all the reasons why there is none.</summary>
internal static class Planning
{
    /// <summary>Makes the plan.</summary>
    /// <param name="console">Where problems are said.</param>
    /// <param name="arguments">The command line.</param>
    /// <exception cref="CliException">The policy or the request is refused.</exception>
    public static SandboxPlan Plan(CliConsole console, SandboxArguments arguments)
    {
        PolicyReadResult read = PolicyFiles.Read(arguments.PolicyFile);
        if (read.Policy is null)
            throw Refused(console, arguments.PolicyFile ?? "The policy", read.Problems);
        PolicyDocument policy = LimitArguments.Apply(read.Policy, arguments);
        PlanResult planned = SandboxPlanner.Plan(policy, RequestOf(arguments), new LinuxHostFacts(), TimeProvider.System);
        if (planned.Plan is null)
            throw Refused(console, arguments.PolicyFile ?? "What was asked for", planned.Problems);
        if (!arguments.Quiet)
        {
            foreach (PolicyProblem problem in planned.Problems.Where(static p => p.Severity == ProblemSeverity.Warning))
                console.SayWarning(ProblemText.Of(problem));
        }

        return planned.Plan;
    }

    private static PlanRequest RequestOf(SandboxArguments arguments)
    {
        EnvironmentArguments environment = EnvironmentArguments.Read(arguments.Environment);
        return new PlanRequest
        {
            Authority = RequestAuthority.Operator,
            BaseDirectory = Directory.GetCurrentDirectory(),
            Image = arguments.Image,
            Mounts = [.. arguments.Mounts.Select(Mount)],
            Allow = [.. arguments.Allow.Select(Allowed)],
            Limits = LimitArguments.Read(arguments.Limits),
            Environment = environment.Set,
            PassEnvironment = environment.Pass,
            HostEnvironment = EnvironmentArguments.OfThisProcess(),
            WorkingDirectory = arguments.WorkingDirectory,
            IsInteractive = arguments.IsInteractive,
        };
    }

    private static MountSettings Mount(string text) =>
        MountArgument.TryParse(text, out MountSettings? mount, out string error) ? mount!
            : throw CliException.Usage($"--mount {text}: {error}");

    private static EgressEntry Allowed(string text) =>
        EgressTarget.TryParse(text, out EgressEntry? entry, out string error) ? entry! : throw CliException.Usage($"--allow: {error}");

    private static CliException Refused(CliConsole console, string what, IReadOnlyList<PolicyProblem> problems)
    {
        PolicyProblem[] errors = [.. problems.Where(static p => p.Severity == ProblemSeverity.Error)];
        if (errors.Length == 1)
            return new CliException(ExitCodes.Refused, errors[0].Code, ProblemText.Of(errors[0]));
        foreach (PolicyProblem error in errors)
            console.SayError(ProblemText.Of(error));
        return new CliException(ExitCodes.Refused, errors[0].Code, $"{what} is refused for the {errors.Length} reasons above.");
    }
}
