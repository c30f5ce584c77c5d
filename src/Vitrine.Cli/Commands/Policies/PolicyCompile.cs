using System.CommandLine;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Policy;
using Vitrine.Policy.Compile;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>`vitrine policy compile`: what a policy becomes on this machine.</summary>
internal static class PolicyCompile
{
    private static readonly string[] s_targets = ["plan", "seccomp", "seccomp-outer", "landlock", "policy"];

    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string?> file = PolicyInput.Argument();
        Option<string?> target = new Option<string?>(
            "--target")
        {
            Description = $"What to print: {string.Join(", ", s_targets)}; plan without one.",
            HelpName = "TARGET"
        }.CompletesWords(s_targets);
        var command = new Command("compile", "Prints what a policy becomes on this machine.") { file, target };
        command.SetAction(parsed => Run(console, parsed.GetValue(file), parsed.GetValue(target) ?? "plan"));
        return command.WithNotes("""
            Targets:
              plan           everything decided, as JSON; its digest names the boundary
              seccomp        the command's system call list, as OCI, Docker and Podman take it
              seccomp-outer  the short list that the runtime loads on PID 1
              landlock       accesses and paths, one rule a line
              policy         the policy itself in canonical YAML, defaults written out

            """);
    }

    private static int Run(CliConsole console, string? file, string target)
    {
        if (!s_targets.Contains(target, StringComparer.Ordinal))
            throw CliException.Usage($"--target {target} is none; name one of {string.Join(", ", s_targets)}.");
        PolicyDocument policy = PolicyInput.Read(file);
        if (target == "policy")
        {
            console.Write(PolicyWriter.Write(policy, withDefaults: true));
            return ExitCodes.Ok;
        }

        PlanResult planned = PolicyInput.Plan(policy);
        if (planned.Plan is not { } plan)
            throw new CliException(ExitCodes.Refused, planned.Problems[0].Code, ProblemText.Of(planned.Problems[0]));
        if (plan.DebugUntil is not null)
            console.SayWarning($"{policy.Name} is a DEBUG policy.");
        CompiledPolicy compiled = PolicyCompiler.Compile(policy, plan);
        string text = target switch
        {
            "seccomp" => compiled.SeccompJson,
            "seccomp-outer" => compiled.SeccompOuterJson,
            "landlock" => compiled.Landlock,
            _ => compiled.PlanJson,
        };
        console.Write(text.EndsWith('\n') ? text : text + "\n");
        return ExitCodes.Ok;
    }
}
