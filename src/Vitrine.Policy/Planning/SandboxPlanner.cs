using Vitrine.Policy.Compile;
using Vitrine.Policy.Planning;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;

namespace Vitrine.Policy;

/// <summary>
/// Turns a policy and a request into a plan for this host:
/// 1. what stops everything (debugging expired);
/// 2. image, user, limits, environment, the way out;
/// 3. mounts, judged after their links are followed, then memory file systems around them;
/// 4. seccomp and Landlock, compiled for what came out;
/// 5. the digest over all of it.
/// All problems are found in one pass. Pure but for what the host facts look up.
/// </summary>
public static class SandboxPlanner
{
    /// <summary>Makes a plan.</summary>
    /// <param name="policy">The policy, as read.</param>
    /// <param name="request">What this start asks for.</param>
    /// <param name="host">The host.</param>
    /// <param name="clock">For policies that expire.</param>
    public static PlanResult Plan(PolicyDocument policy, PlanRequest request, IHostFacts host, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(clock);
        var context = new PlanContext(policy, request, host, clock.GetUtcNow(), new ProblemList(policy.Source.Name));

        DebugPlanner.Check(context);
        LayerPlanner.Check(context);

        ImagePlan image = ImagePlanner.Plan(context);
        LimitsPlan limits = LimitsPlanner.Plan(context);
        IReadOnlyDictionary<string, string> environment = EnvironmentPlanner.Plan(context);

        EgressPlan? egress = EgressPlanner.Plan(context);

        IReadOnlyList<MountPlan> mounts = MountPlanner.Plan(context);
        DiskPlanner disk = DiskPlanner.Fit(context);
        RootPlan root = TmpfsPlanner.Root(context, disk);
        IReadOnlyList<TmpfsPlan> tmpfs = TmpfsPlanner.Plan(context, disk, mounts);

        var plan = new SandboxPlan
        {
            Digest = "",
            PolicyName = policy.Name,
            Image = image,
            User = new IdentityPlan(policy.User.Name, policy.User.Uid, policy.User.Gid,
                Validation.CapabilityNames.ToBits(policy.User.Capabilities)),
            Root = root,
            Mounts = mounts,
            Tmpfs = tmpfs,
            Limits = limits,
            Seccomp = LayerCompiler.Seccomp(policy, mounts),
            Landlock = LayerCompiler.Landlock(policy, root, tmpfs, mounts),
            Environment = environment,
            WorkingDirectory = WorkingDirectory(context),
            Egress = egress,
            RequiredLayers = policy.Layers.Require.ToHashSet(),
            DisabledLayers = (policy.Debug?.Disable ?? []).ToHashSet(),
            DebugUntil = policy.Debug?.Until,
        };
        IReadOnlyList<PolicyProblem> problems = context.Problems.ToSortedList();
        return new PlanResult(context.Problems.HasErrors ? null : plan with { Digest = PlanDigest.Of(plan) }, problems);
    }

    /// <summary>Plans the way out alone, for whoever asks what would happen.</summary>
    /// <param name="policy">The policy, as read.</param>
    /// <param name="request">What a start would ask for.</param>
    /// <param name="host">The host.</param>
    public static EgressPlanResult PlanEgress(PolicyDocument policy, PlanRequest request, IHostFacts host)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(host);
        var context = new PlanContext(policy, request, host, DateTimeOffset.UnixEpoch, new ProblemList(policy.Source.Name));
        EgressPlan? plan = EgressPlanner.Plan(context);
        return new EgressPlanResult(context.Problems.HasErrors ? null : plan ?? new EgressPlan(), context.Problems.ToSortedList());
    }

    private static string WorkingDirectory(PlanContext context)
    {
        if (context.Request.WorkingDirectory is not { } directory) return TmpfsPlanner.Workspace;
        if (Validation.PathRules.InsideError(directory) is { } error)
            context.Error("path-form", "request.working-directory", $"the working directory '{Printable.Of(directory)}' {error}",
                "Write an absolute path inside, such as /workspace");
        else if (Validation.PathRules.IsAtOrBelow(directory, "/proc"))
            context.Error("path-form", "request.working-directory", "the working directory is below /proc, where links lead to open files",
                "Write a plain directory, such as /workspace");
        return directory;
    }
}
