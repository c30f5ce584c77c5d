using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Residue;

/// <summary>
/// Counts, from outside, everything a sandbox of this test could leave: processes by control group and by command line, groups in all hierarchies, mounts,
/// namespaces held by descriptors or mounts, runtime state, files, shared memory, keyrings.
/// </summary>
internal sealed class HostResidue(TestSpace space)
{
    /// <summary>Where crun and runc keep the state of containers.</summary>
    private static readonly string[] RuntimeStates = ["/run/crun", "/run/runc", "/run/user/0/crun", "/run/user/0/runc"];

    private readonly HashSet<string> _before = [.. SharedPlaces()];
    private readonly int _keysBefore = ForeignKeys();

    /// <summary>What is there now and was not before: a sentence each. The control groups' common parent counts only when asked for.</summary>
    public IReadOnlyList<string> Find(bool withParentGroup)
    {
        var found = new List<string>();
        found.AddRange(ControlGroups.Processes(space.Name).Select(p => $"process {p} ({CommandLine(p)}) in a control group"));
        found.AddRange(Processes().Select(p => $"process {p} ({CommandLine(p)})"));
        found.AddRange(ControlGroups.Below(space.Name).Where(g => withParentGroup || Path.GetFileName(g) != space.Name).Select(g => "group " + g));
        found.AddRange(Mounts().Select(m => "mount " + m));
        found.AddRange(SharedPlaces().Where(p => !_before.Contains(p)).Select(p => "entry " + p));
        found.AddRange(Files(space.StateDirectory).Select(f => "file " + f));
        int keys = ForeignKeys() - _keysBefore;
        if (keys > 0)
            found.Add($"{keys} keyrings of shifted users");
        return found;
    }

    /// <summary>Namespaces that this process holds by a descriptor: an engine that lets one go for each sandbox keeps their number.</summary>
    public static int NamespaceDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(f =>
    {
        string? target = Link(f);
        return target is not null && (target.Contains("net:[", StringComparison.Ordinal) || target.Contains("user:[", StringComparison.Ordinal) || target.Contains("mnt:[", StringComparison.Ordinal));
    });

    /// <summary>Open descriptors of this process.</summary>
    public static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Network namespaces the kernel holds for anybody, from its allocator; null where that is not shown.</summary>
    public static int? NetworkNamespaces()
    {
        try
        {
            string? line = File.ReadLines("/proc/slabinfo").FirstOrDefault(l => l.StartsWith("net_namespace ", StringComparison.Ordinal));
            return line is null ? null : int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IEnumerable<int> Processes() => Directory.GetDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), out int pid) ? pid : 0)
        .Where(p => p > 0 && p != Environment.ProcessId && CommandLine(p).Contains(space.Name, StringComparison.Ordinal));

    private IEnumerable<string> Mounts() => File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains(space.Name, StringComparison.Ordinal));

    /// <summary>Runtimes name a container's directory by its id, 20 characters here; others use these places too.</summary>
    private static IEnumerable<string> SharedPlaces() => RuntimeStates.Where(Directory.Exists).SelectMany(Directory.GetFileSystemEntries)
        .Where(p => Path.GetFileName(p).Length == 20 && Path.GetFileName(p).All(char.IsAsciiLetterOrDigit))
        .Concat(((string[])["/dev/shm", "/run/netns"]).Where(Directory.Exists).SelectMany(Directory.GetFileSystemEntries));

    /// <summary>What is below the state directory beyond the directories and lock files that each start uses again.</summary>
    private static IEnumerable<string> Files(string directory) => Directory.Exists(directory)
        ? Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetDirectoryName(f) != directory)
        : [];

    private static int ForeignKeys()
    {
        try
        {
            // The sixth field is the owner's uid; ranges of sandboxes begin at 0x20000000.
            return File.ReadLines("/proc/keys").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Count(f => f.Length > 5 && long.TryParse(f[5], out long uid) && uid >= 0x20000000);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
