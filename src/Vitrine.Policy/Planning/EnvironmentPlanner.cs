using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Planning;

/// <summary>Builds the environment of commands: a fixed base, then the policy's, then the request's. Nothing of the host unless
/// named.</summary>
internal static class EnvironmentPlanner
{
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static IReadOnlyDictionary<string, string> Plan(PlanContext context)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = DefaultPath,
            ["HOME"] = context.HomeDirectory,
            ["USER"] = context.Policy.User.Name,
            ["LOGNAME"] = context.Policy.User.Name,
            ["LANG"] = "C.UTF-8",
        };
        Pass(context, variables, "environment.pass", context.Policy.Environment.Pass);
        Set(context, variables, "environment.set", context.Policy.Environment.Set);
        if (context.Request.PassEnvironment.Count > 0 && !context.RefuseWidening("request.pass-environment",
            "passes variables of the host"))
            Pass(context, variables, "request.pass-environment", context.Request.PassEnvironment);
        Set(context, variables, "request.environment", context.Request.Environment);
        return variables;
    }

    private static void Set(PlanContext context, Dictionary<string, string> variables, string path,
        IReadOnlyDictionary<string, string> values)
    {
        foreach ((string name, string value) in values)
        {
            if (VariableNames.Error(name) is { } error)
                context.Error("variable-name", path, $"'{Printable.Of(name)}' {error}", "Write NAME=value with letters, digits and _");
            else if (value.Contains('\0', StringComparison.Ordinal))
                context.Error("variable-value", path, $"the value of {name} contains a NUL character", "Remove it");
            if (VariableNames.LooksSecret(name)) WarnOfSecret(context, $"{path}.{name}", name, "set");
            variables[name] = value;
        }
    }

    private static void Pass(PlanContext context, Dictionary<string, string> variables, string path, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (VariableNames.Error(name) is { } error)
            {
                context.Error("variable-name", path, $"'{Printable.Of(name)}' {error}", "Write one variable name an item");
                continue;
            }

            if (VariableNames.LooksSecret(name)) WarnOfSecret(context, path, name, "passed");
            if (context.Request.HostEnvironment.TryGetValue(name, out string? value)) variables[name] = value;
            else context.Note("variable-unset", path, $"the host variable {name} is to be passed but is not set",
                "Set it, or remove it from the policy");
        }
    }

    private static void WarnOfSecret(PlanContext context, string path, string name, string how) =>
        context.Warning("secret-variable", path,
            $"the variable {name} is {how}, and its name says that it is a secret: every program inside can read it",
            "Leave it out unless the job cannot do without");
}
