using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>Plans by hand: the defaults of HARDENING without a policy compiler in between.</summary>
internal static class Plans
{
    public static readonly TmpfsPlan[] DefaultTmpfs =
    [
        new("/dev/shm", 64 << 20, 4096, 0x3FF, Executable: false, OwnedByUser: false),
        new("/home/user", 64 << 20, 4096, 0x1ED, Executable: true, OwnedByUser: true),
        new("/tmp", 512 << 20, 65536, 0x3FF, Executable: false, OwnedByUser: false),
        new("/workspace", 512 << 20, 65536, 0x1ED, Executable: true, OwnedByUser: true),
    ];

    public static SandboxPlan Default(params MountPlan[] mounts) => new()
    {
        Digest = new string('0', 64),
        PolicyName = "test",
        Image = new ImagePlan(ImageKind.Host, ""),
        User = new IdentityPlan("user", 1000, 1000, 0),
        Root = new RootPlan(false, 0, 0),
        Mounts = mounts,
        Tmpfs = DefaultTmpfs,
        Limits = new LimitsPlan
        {
            MemoryBytes = 256 << 20,
            CpuMillis = 1000,
            Pids = 64,
            OpenFiles = 1024,
            OutputBytes = 1 << 20,
            WallClock = TimeSpan.FromMinutes(1),
            Idle = TimeSpan.Zero,
        },
        Seccomp = new SeccompPlan(ReadOnlyMemory<byte>.Empty, "", ReadOnlyMemory<byte>.Empty),
    };
}
