using Vitrine.Linux.Paths;
using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>
/// The small files of a request, each by the file system that shows its path inside: the skeleton, a memory file system of the plan, or a layer over a
/// directory of the image `host`, which would cover what the skeleton holds there.
/// </summary>
internal sealed class ExtraFiles
{
    private const int MaxBytes = 4 << 20;
    private const uint ReadOnlyForAll = 0x124; // 0444

    private static readonly string[] s_ours = ["/etc/passwd", "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"];

    private readonly List<(RuntimeFile File, string? Below, bool IsMemory)> _files = [];

    private ExtraFiles()
    {
    }

    /// <summary>Sorts them.</summary>
    /// <param name="files">The request's.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="hostDirectories">Directories of the image `host`, absolute.</param>
    /// <exception cref="RuntimeException">`file-target`: a mount of the plan covers the path.</exception>
    /// <exception cref="ArgumentException">A path is not below /etc or /run/vitrine, is one of the sandbox's own files, or a file is too large.</exception>
    public static ExtraFiles Of(IReadOnlyList<RuntimeFile> files, SandboxPlan plan, IReadOnlyList<string> hostDirectories)
    {
        var sorted = new ExtraFiles();
        foreach (RuntimeFile file in files)
        {
            if (file.Path != Path.GetFullPath(file.Path) || s_ours.Contains(file.Path, StringComparer.Ordinal)
                || !(IsBelow(file.Path, "/etc") || IsBelow(file.Path, "/run/vitrine")))
                throw new ArgumentException($"{file.Path} is not a path for a file of a sandbox: it must be below /etc or /run/vitrine, and not one that every sandbox has", nameof(files));
            if (file.Content.Length > MaxBytes)
                throw new ArgumentException($"{file.Path} is {file.Content.Length} bytes; at most {MaxBytes} are laid into a sandbox", nameof(files));
            string? mount = Longest(file.Path, plan.Mounts.Select(static m => m.Target));
            string? memory = Longest(file.Path, plan.Tmpfs.Select(static t => t.Target));
            string? host = Longest(file.Path, hostDirectories);
            if (mount is not null && mount.Length > Math.Max(memory?.Length ?? 0, host?.Length ?? 0))
            {
                throw new RuntimeException("file-target",
                    $"The sandbox needs its own {file.Path}, but the policy mounts something at {mount}. Mount it elsewhere.");
            }

            bool isMemory = memory is not null && memory.Length > (host?.Length ?? 0);
            sorted._files.Add((file, isMemory ? memory : host, isMemory));
        }

        return sorted;
    }

    /// <summary>Where, relative to the bundle, the layer with files over a directory of the image `host` is; null when there are none.</summary>
    public string? LayerOver(string hostDirectory) => _files.Any(f => !f.IsMemory && f.Below == hostDirectory) ? "extra" + hostDirectory : null;

    /// <summary>Lays those of the skeleton and of the layers into the bundle.</summary>
    public void Lay(TreeBuilder bundle)
    {
        foreach ((RuntimeFile file, string? below, _) in _files.Where(static f => !f.IsMemory))
            bundle.File((below is null ? "skeleton" : "extra") + file.Path, file.Content.Span, ReadOnlyForAll);
    }

    /// <summary>Lays those of a memory file system into it.</summary>
    public void Lay(TreeBuilder memory, string target)
    {
        foreach ((RuntimeFile file, _, _) in _files.Where(f => f.IsMemory && f.Below == target))
            memory.File(file.Path[(target.Length + 1)..], file.Content.Span, ReadOnlyForAll);
    }

    private static string? Longest(string path, IEnumerable<string> targets) => targets.Where(t => path == t || IsBelow(path, t)).MaxBy(static t => t.Length);

    private static bool IsBelow(string path, string directory) =>
        path.Length > directory.Length + 1 && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal);
}
