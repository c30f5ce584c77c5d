using System.Runtime.InteropServices;
using Vitrine.Policy.Compile.Landlock;
using Vitrine.Policy.Compile.Seccomp;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>The one place where planning calls the seccomp and Landlock compilers.</summary>
internal static class LayerCompiler
{
    /// <summary>What the filters of a policy depend on, for the architecture of this process.</summary>
    public static SeccompRequest Request(PolicyDocument policy, IEnumerable<MountPlan> mounts) => new()
    {
        Architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? CpuArchitecture.Arm64 : CpuArchitecture.X64,
        Allow = policy.Seccomp.Allow.ToHashSet(StringComparer.Ordinal),
        Deny = policy.Seccomp.Deny.ToHashSet(StringComparer.Ordinal),
        RefuseSetIdBits = mounts.Any(mount => !mount.ReadOnly),
    };

    public static SeccompPlan Seccomp(PolicyDocument policy, IReadOnlyList<MountPlan> mounts) =>
        SeccompCompiler.Compile(Request(policy, mounts));

    /// <summary>The rules; none when debugging turned the layer off.</summary>
    public static IReadOnlyList<LandlockPlan> Landlock(PolicyDocument policy, RootPlan root, IReadOnlyList<TmpfsPlan> tmpfs,
        IReadOnlyList<MountPlan> mounts) =>
        policy.Debug?.Disable.Contains(Layer.Landlock) ?? false ? [] : LandlockCompiler.Compile(root, tmpfs, mounts);
}
