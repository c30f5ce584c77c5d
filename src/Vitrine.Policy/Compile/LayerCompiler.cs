using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>The one place where planning calls the seccomp and Landlock compilers.</summary>
internal static class LayerCompiler
{
    public static SeccompPlan Seccomp(PolicyDocument policy, IReadOnlyList<MountPlan> mounts) => new(default, "", default);

    public static IReadOnlyList<LandlockPlan> Landlock(PolicyDocument policy, RootPlan root, IReadOnlyList<TmpfsPlan> tmpfs, IReadOnlyList<MountPlan> mounts) => [];
}
