using System.Globalization;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>A policy's problem as a sentence of the command line: options are named where a request is to blame.</summary>
internal static class ProblemText
{
    /// <summary>The sentence.</summary>
    public static string Of(PolicyProblem problem)
    {
        string place = problem.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{problem.Source}:{problem.Line}:{problem.Column}: ") : OptionOf(problem.Path);
        return $"{place}{problem.Message} ({problem.Code}).{HintOf(problem)}";
    }

    /// <summary>The hint as a sentence behind another one; empty when there is none.</summary>
    public static string HintOf(PolicyProblem problem) => problem.Hint switch
    {
        "" => "",
        [.., '.' or '?' or '!'] => " " + problem.Hint,
        _ => $" {problem.Hint}.",
    };

    private static string OptionOf(string path) => path switch
    {
        _ when path.StartsWith("request.mounts", StringComparison.Ordinal) => "--mount: ",
        _ when path.StartsWith("request.allow", StringComparison.Ordinal) => "--allow: ",
        "request.limits.memory" => "--memory: ",
        "request.limits.cpus" => "--cpus: ",
        "request.limits.pids" => "--pids: ",
        "request.limits.disk" => "--disk: ",
        "request.limits.output" => "--output-limit: ",
        "request.limits.wall-clock" => "--timeout: ",
        "request.limits.idle" => "--idle: ",
        "request.image" => "--image: ",
        "request.working-directory" => "--workdir: ",
        _ when path.StartsWith("request.environment", StringComparison.Ordinal)
            || path.StartsWith("request.pass-environment", StringComparison.Ordinal) => "--env: ",
        _ => "",
    };
}
