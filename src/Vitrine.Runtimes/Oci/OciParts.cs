using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Paths;
using Vitrine.Linux.Processes;
using Vitrine.Runtimes.Oci.Checking;
using Vitrine.Runtimes.Oci.Configuration;
using Vitrine.Runtimes.Oci.Identity;
using Vitrine.Runtimes.Oci.Ownership;
using Vitrine.Runtimes.Oci.Rootless;
using Vitrine.Runtimes.Oci.Staging;

namespace Vitrine.Runtimes.Oci;

/// <summary>What one <see cref="OciRuntime"/> holds for all its sandboxes.</summary>
internal sealed class OciParts : IAsyncDisposable
{
    private OciParts()
    {
    }

    public required RuntimeBinary Binary { get; init; }

    public required IReadOnlyList<CgroupHierarchy> Hierarchies { get; init; }

    public required HostLimits Limits { get; init; }

    public required HostRoot Host { get; init; }

    public required OwnerMark Mark { get; init; }

    public required UserNamespaceFactory UserNamespaces { get; init; }

    public required HostIdRanges Ranges { get; init; }

    public required Keeper Keeper { get; init; }

    public required IReadOnlyList<StageWorker> Workers { get; init; }

    public required string CgroupName { get; init; }

    /// <summary>Opens everything; see <see cref="OciRuntime.OpenAsync"/>.</summary>
    public static async Task<OciParts> OpenAsync(OciRuntimeOptions options, CancellationToken cancellationToken)
    {
        RequireHost(options);

        // Before anything is started: a process that stays behind in our own group would keep its controllers from going further down.
        (IReadOnlyList<CgroupHierarchy> hierarchies, string parent) = Delegation.Find(options.CgroupName);
        string stage = OwnUserNamespace.IsInitial ? options.StateDirectory : RootlessStage.Find();
        Task<RuntimeBinary> finding = RuntimeBinary.FindAsync(options.RuntimePath, cancellationToken);
        HostRoot host = HostRoot.Read();
        Task<StageWorker>[] starting = [.. Enumerable.Range(0, Math.Clamp(options.Workers, 1, 16))
            .Select(_ => StageWorker.OpenAsync(stage, options.GuestPath, host))];
        RuntimeBinary binary;
        try
        {
            binary = await finding.ConfigureAwait(false);
            RequireUsable(binary, hierarchies);
        }
        catch
        {
            foreach (StageWorker worker in await Task.WhenAll(starting).ConfigureAwait(false))
                worker.Dispose();
            throw;
        }

        ProcessDescriptor.BecomeSubreaper();
        OwnerMark mark = OwnerMark.Choose(options.StateDirectory);
        var namespaces = new UserNamespaceFactory(options.GuestPath);
        var ranges = new HostIdRanges(FileLock.Open(options.StateDirectory + "/id-ranges"), namespaces, HostIdRanges.ReadTaken());
        Keeper keeper = Keeper.Open(options.GuestPath, mark, parent, ranges.LockFile);

        // From the first file on there is somebody to remove it.
        mark.Make();
        return new OciParts
        {
            Binary = binary,
            Hierarchies = hierarchies,
            Limits = HostLimitsReader.Read(hierarchies),
            Host = host,
            Mark = mark,
            UserNamespaces = namespaces,
            Ranges = ranges,
            Keeper = keeper,
            Workers = await Task.WhenAll(starting).ConfigureAwait(false),
            CgroupName = parent,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (StageWorker worker in Workers)
            worker.Dispose();
        await UserNamespaces.DisposeAsync().ConfigureAwait(false);
        Mark.Forget();
        await Keeper.DisposeAsync().ConfigureAwait(false);
        Ranges.Dispose();
        var parent = new ControlGroup(Hierarchies, CgroupName);
        Mark.Remove(() => parent.Remove());
        Mark.Dispose();
    }

    private static void RequireHost(OciRuntimeOptions options)
    {
        if (!File.Exists(options.GuestPath))
            throw new RuntimeException("guest-missing", $"The guest program {options.GuestPath} does not exist. Build it: dotnet publish src/Vitrine.Guest -c Release");
        if (!Environment.IsPrivilegedProcess)
            throw new RuntimeException("not-permitted", "Sandboxes need root, or id 0 in a user namespace of their own, which `vitrine run` makes: run it with sudo, or see what `vitrine doctor` says of this host.");
        if (!OwnUserNamespace.IsInitial)
        {
            if (OwnUserNamespace.MappedIds() < HostIdRange.Count)
                throw new RuntimeException("rootless-unavailable", "This user namespace has fewer than 65,536 ids, and a sandbox needs them. Give this user a range in /etc/subuid and /etc/subgid: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER");
            RootlessStage.MakeState(options.StateDirectory);
            return;
        }

        Directory.CreateDirectory(options.StateDirectory);

        // The runtime's child enters the stage as an unprivileged host id: it must be able to pass every directory above.
        for (string? directory = Path.GetFullPath(options.StateDirectory); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            using SafeFileHandle handle = PathHandle.Open(directory);
            if ((PathStatus.Of(handle).Mode & 1) == 0)
            {
                throw new RuntimeException("state-directory",
                    $"The state directory {options.StateDirectory} cannot be used: others may not pass {directory}. Choose one like /run/vitrine, or chmod o+x {directory}");
            }
        }
    }

    private static void RequireUsable(RuntimeBinary binary, IReadOnlyList<CgroupHierarchy> hierarchies)
    {
        CgroupHierarchy? unified = hierarchies.FirstOrDefault(static h => h.Unified);
        if (!OwnUserNamespace.IsInitial || binary.Name != "crun" || unified is null || unified.Controllers.Count == 0 || hierarchies.Count == 1)
            return;
        string mounts = string.Join(" && ", unified.Controllers.Order(StringComparer.Ordinal)
            .Select(static c => $"mkdir -p /sys/fs/cgroup/{c} && mount -t cgroup -o {c} {c} /sys/fs/cgroup/{c}"));
        throw new RuntimeException("cgroup-hybrid",
            $"crun does not work while both cgroup versions hold controllers, and version 2 holds {string.Join(", ", unified.Controllers)}. Mount those as version 1: {mounts} — or use runc.");
    }
}
