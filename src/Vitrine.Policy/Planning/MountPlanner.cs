using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Validation.Mounts;

namespace Vitrine.Policy.Planning;

/// <summary>Judges every mount (requirement B6) and settles what is covered in it. Refused ones are left out, so that planning goes on and
/// finds the other errors.</summary>
internal static class MountPlanner
{
    public static IReadOnlyList<MountPlan> Plan(PlanContext context)
    {
        if (context.Request.Mounts.Count > 0 && context.RefuseWidening("request.mounts", "adds mounts")) return [];
        var plans = new List<MountPlan>();
        foreach ((string path, MountSettings mount) in context.Mounts())
        {
            bool targetIsFree = CheckTarget(context, path, mount, plans);
            if (Source(context, path, mount) is not { } source) continue;
            CheckOwner(context, path, mount, source);
            IReadOnlyList<string> masks = MountScanner.Scan(context, path, mount, source);
            if (targetIsFree)
                plans.Add(new MountPlan(source.RealPath, mount.Target, mount.Access == MountAccess.ReadOnly, mount.Exec, mount.OwnerRoot,
                    masks));
        }

        return [.. plans.OrderBy(plan => plan.Target, StringComparer.Ordinal)];
    }

    private static bool CheckTarget(PlanContext context, string path, MountSettings mount, List<MountPlan> plans)
    {
        if (PathRules.InsideError(mount.Target) is { } form)
        {
            context.Error("path-form", $"{path}.target", $"the target '{Printable.Of(mount.Target)}' {form}",
                "Write an absolute path inside, such as /data");
            return false;
        }

        if (TargetRules.Error(mount.Target) is { } error)
        {
            context.Error("target-refused", $"{path}.target", $"a mount at '{Printable.Of(mount.Target)}' {error}",
                "Choose another target, for instance /data");
            return false;
        }

        MountPlan? other = plans.Find(plan => PathRules.IsAtOrBelow(plan.Target, mount.Target)
            || PathRules.IsAtOrBelow(mount.Target, plan.Target));
        if (other is null) return true;
        bool same = string.Equals(other.Target, mount.Target, StringComparison.Ordinal);
        context.Error(same ? "target-twice" : "target-overlap", $"{path}.target", same
                ? $"two mounts have the target '{Printable.Of(mount.Target)}'"
                : $"the targets '{Printable.Of(mount.Target)}' and '{Printable.Of(other.Target)}' lie in each other",
            "Give each mount a target of its own, side by side");
        return false;
    }

    private static HostPath? Source(PlanContext context, string path, MountSettings mount)
    {
        string sourcePath = string.Equals(path, "workspace", StringComparison.Ordinal) ? "workspace.mount" : $"{path}.source";
        if (SourcePath.Absolute(context, mount.Source, out string absolute) is { } form)
        {
            context.Error("path-form", sourcePath, $"the mount source '{Printable.Of(mount.Source)}' {form}",
                "Write an absolute path, ~/… or ./…");
            return null;
        }

        HostPath real = context.Host.ResolvePath(absolute);
        if (MountJudge.Judge(context.Host, absolute, real) is { } verdict)
        {
            context.Error(verdict.Code, sourcePath, $"mounting '{Printable.Of(absolute)}' is refused: {verdict.Reason}", verdict.WayOut);
            return null;
        }

        if (real.Exists) return real;
        context.Error("mount-missing", sourcePath, $"the mount source '{Printable.Of(absolute)}' {real.Error ?? "does not exist"}",
            "Make it first, or correct the path");
        return null;
    }

    // HARDENING 10: host uid 0 is never mapped unless the policy says so; without it the sandbox could not write a byte there.
    private static void CheckOwner(PlanContext context, string path, MountSettings mount, HostPath source)
    {
        if (mount.Access != MountAccess.ReadWrite || mount.OwnerRoot || source.Owner is not { Uid: 0 }) return;
        context.Error("mount-owner-root", path,
            $"the writable mount '{Printable.Of(source.RealPath)}' belongs to root on the host, whose files a sandbox never writes by itself",
            "Give the directory to a user (chown), or say `owner: root` (on a command line `:rw,owner=root`)");
    }
}
