using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Units;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Planning;

/// <summary>Lays out the memory file systems: the usual ones, the policy's, none where a mount is. Fits them under `limits.disk`.</summary>
internal static class TmpfsPlanner
{
    public const string Workspace = "/workspace";

    /// <summary>Bytes for each file that is counted; a quarter of what ext4 reckons with, since a sandbox's files are small.</summary>
    public const long BytesPerInode = 8192;

    private const long FewestInodes = 1024;
    private const int PublicMode = 0x3FF; // 01777
    private const int PrivateMode = 0x1C0; // 0700
    private const int SharedMode = 0x1ED; // 0755

    public static RootPlan Root(PlanContext context, DiskPlanner disk)
    {
        if (!context.Policy.Root.Ephemeral) return new RootPlan(false, 0, 0);
        long size = disk.SizeOf(RootWish(context));
        return new RootPlan(true, size, DefaultInodes(size));
    }

    public static IReadOnlyList<TmpfsPlan> Plan(PlanContext context, DiskPlanner disk, IReadOnlyList<MountPlan> mounts)
    {
        var places = new Dictionary<string, TmpfsPlan>(StringComparer.Ordinal);
        foreach (TmpfsSettings wish in Wishes(context))
        {
            long size = disk.SizeOf(wish);
            places[wish.Path] = new TmpfsPlan(wish.Path, size, wish.Inodes ?? DefaultInodes(size), Mode(context, wish.Path), wish.Exec,
                OwnedByUser: wish.Path is not ("/tmp" or "/dev/shm"));
        }

        CheckPolicyPaths(context);
        foreach (MountPlan mount in mounts) Clear(context, places, mount);
        WarnOfSizes(context, places.Values);
        return [.. places.Values.OrderBy(place => place.Target, StringComparer.Ordinal)];
    }

    /// <summary>The places as asked for, the usual ones first; a later one of the same path wins.</summary>
    public static IEnumerable<TmpfsSettings> Wishes(PlanContext context)
    {
        var wishes = new Dictionary<string, TmpfsSettings>(StringComparer.Ordinal)
        {
            ["/tmp"] = new TmpfsSettings { Path = "/tmp" },
            ["/dev/shm"] = new TmpfsSettings { Path = "/dev/shm" },
            [context.HomeDirectory] = new TmpfsSettings { Path = context.HomeDirectory },
        };
        if (context.Policy.Workspace is { Mount: null } workspace)
        {
            wishes[Workspace] = new TmpfsSettings
            {
                Path = Workspace,
                SizeBytes = workspace.SizeBytes,
                Inodes = workspace.Inodes,
                Exec =
                workspace.Exec
            };
        }

        foreach (TmpfsSettings wish in context.Policy.Tmpfs) wishes[wish.Path] = wish;
        HashSet<string> mounted = context.Mounts().Select(pair => pair.Mount.Target).ToHashSet(StringComparer.Ordinal);
        return wishes.Values.Where(wish => !mounted.Contains(wish.Path));
    }

    /// <summary>The throw-away layer of the root, as one more place.</summary>
    public static TmpfsSettings RootWish(PlanContext context) => new() { Path = "/", SizeBytes = context.Policy.Root.SizeBytes };

    /// <summary>Bytes of a place whose size nobody stated.</summary>
    public static long DefaultSize(string path) => path switch
    {
        "/tmp" or Workspace => 512L << 20,
        "/" => 256L << 20,
        _ => 64L << 20,
    };

    /// <summary>Files of a place whose count nobody stated.</summary>
    public static long DefaultInodes(long size) => Math.Max(FewestInodes, size / BytesPerInode);

    private static int Mode(PlanContext context, string path) =>
        path is "/tmp" or "/dev/shm"
            ? PublicMode : string.Equals(path, context.HomeDirectory, StringComparison.Ordinal) ? PrivateMode : SharedMode;

    private static void CheckPolicyPaths(PlanContext context)
    {
        for (int index = 0; index < context.Policy.Tmpfs.Count; index++)
        {
            TmpfsSettings wish = context.Policy.Tmpfs[index];
            string path = $"tmpfs[{index}].path";
            if (wish.Path is not "/dev/shm" && TargetRules.Error(wish.Path) is { } error)
                context.Error("target-refused", path, $"the memory file system '{wish.Path}' {error}",
                    "Choose another path, for instance /var/cache");
            if (string.Equals(wish.Path, Workspace, StringComparison.Ordinal))
                context.Error("target-twice", path, "/workspace is named under `tmpfs`", "Use the key `workspace` for it");
            if (context.Policy.Tmpfs.Take(index).Any(other => string.Equals(other.Path, wish.Path, StringComparison.Ordinal)))
                context.Error("target-twice", path, $"the memory file system '{wish.Path}' is named twice", "Keep one of them");
        }
    }

    // A memory file system at a mount's target is replaced by it; below one it would need a directory made on the host.
    private static void Clear(PlanContext context, Dictionary<string, TmpfsPlan> places, MountPlan mount)
    {
        for (int index = 0; index < context.Policy.Tmpfs.Count; index++)
        {
            if (string.Equals(context.Policy.Tmpfs[index].Path, mount.Target, StringComparison.Ordinal))
                context.Error("target-twice", $"tmpfs[{index}].path", $"'{mount.Target}' is both a memory file system and a mount",
                    "Keep one of them");
        }

        foreach (string path in places.Keys.Where(path => PathRules.IsBelow(path, mount.Target)).ToList())
            context.Error("target-overlap", PathOfTmpfs(context, path),
                $"the memory file system '{path}' lies below the mount '{mount.Target}', and its directory would have to be made on the host",
                $"Mount to another target than '{mount.Target}'");
    }

    private static void WarnOfSizes(PlanContext context, IEnumerable<TmpfsPlan> places)
    {
        long memory = context.Request.Limits.MemoryBytes ?? context.Policy.Limits.MemoryBytes;
        foreach (TmpfsPlan place in places.Where(place => place.SizeBytes > memory))
        {
            if (!string.Equals(PathOfTmpfs(context, place.Target), "", StringComparison.Ordinal))
                context.Warning("place-above-memory", PathOfTmpfs(context, place.Target),
                    $"'{place.Target}' may hold {ByteSize.Format(place.SizeBytes)}, but memory is {ByteSize.Format(memory)} and its files count as memory", "Raise `limits.memory`, or lower the size");
        }
    }

    private static string PathOfTmpfs(PlanContext context, string target)
    {
        for (int index = 0; index < context.Policy.Tmpfs.Count; index++)
        {
            if (string.Equals(context.Policy.Tmpfs[index].Path, target, StringComparison.Ordinal)) return $"tmpfs[{index}]";
        }

        return string.Equals(target, Workspace, StringComparison.Ordinal) && context.Policy.Source.States("workspace.size")
            ? "workspace.size" : "";
    }
}
