using Vitrine.Policy.Model;
using Vitrine.Policy.Problems;

namespace Vitrine.Policy.Planning;

/// <summary>What the steps of one planning share.</summary>
internal sealed record PlanContext(PolicyDocument Policy, PlanRequest Request, IHostFacts Host, DateTimeOffset Now, ProblemList Problems)
{
    public bool IsOperator => Request.Authority == RequestAuthority.Operator;

    public string HomeDirectory => Policy.User.Uid == 0 ? "/root" : $"/home/{Policy.User.Name}";

    public bool IsOff(Plans.Layer layer) => Policy.Debug?.Disable.Contains(layer) ?? false;

    public void Error(string code, string path, string message, string hint) =>
        Problems.Error(code, path, Policy.Source.Mark(path), message, hint);

    public void Warning(string code, string path, string message, string hint) =>
        Problems.Warning(code, path, Policy.Source.Mark(path), message, hint);

    public void Note(string code, string path, string message, string hint) =>
        Problems.Note(code, path, Policy.Source.Mark(path), message, hint);

    /// <summary>Refuses what only the operator may ask for.</summary>
    public bool RefuseWidening(string path, string what)
    {
        if (IsOperator) return false;
        Error("request-widens", path, $"the request {what}, which would widen the policy '{Policy.Name}'",
            "Ask the operator for a policy that allows it");
        return true;
    }

    /// <summary>All mounts with where each was asked for: the policy's, its workspace, and the request's.</summary>
    public IEnumerable<(string Path, MountSettings Mount)> Mounts()
    {
        if (Policy.Workspace is { Mount: { } source } workspace)
        {
            yield return ("workspace", new MountSettings
            {
                Source = source,
                Target = TmpfsPlanner.Workspace,
                Access = workspace.Access,
                Exec = workspace.Exec,
                OwnerRoot = workspace.OwnerRoot,
            });
        }

        for (int index = 0; index < Policy.Mounts.Count; index++) yield return ($"mounts[{index}]", Policy.Mounts[index]);
        for (int index = 0; index < Request.Mounts.Count; index++) yield return ($"request.mounts[{index}]", Request.Mounts[index]);
    }
}
