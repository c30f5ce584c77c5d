using System.Globalization;
using System.Runtime.InteropServices;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Cgroups;

/// <summary>One control group, by the same path on every hierarchy: version 1, hybrid or version 2.</summary>
public sealed partial class ControlGroup
{
    private readonly IReadOnlyList<CgroupHierarchy> _hierarchies;
    private readonly string? _unified;
    private readonly string? _freezer;

    /// <summary>Names a group; it need not exist.</summary>
    /// <param name="hierarchies">All hierarchies.</param>
    /// <param name="path">Path below each hierarchy's root, without a slash at its start: `vitrine/abc`.</param>
    public ControlGroup(IReadOnlyList<CgroupHierarchy> hierarchies, string path)
    {
        _hierarchies = hierarchies;
        Path = path;
        CgroupHierarchy? unified = hierarchies.FirstOrDefault(static h => h.Unified);
        _unified = unified is null ? null : $"{unified.MountPoint}/{path}";
        _freezer = DirectoryOf("freezer");
    }

    /// <summary>Path below each hierarchy's root.</summary>
    public string Path { get; }

    /// <summary>Whether any hierarchy has it.</summary>
    public bool Exists => _hierarchies.Any(h => Directory.Exists($"{h.MountPoint}/{Path}"));

    /// <summary>Its directory where a controller is; null where no hierarchy has the controller.</summary>
    /// <param name="controller">`memory`, `pids`, `cpu`, …</param>
    public string? DirectoryOf(string controller) =>
        _hierarchies.FirstOrDefault(h => h.Controllers.Contains(controller)) is { } hierarchy ? $"{hierarchy.MountPoint}/{Path}" : null;

    /// <summary>Whether a controller is on version 2.</summary>
    public bool IsUnified(string controller) => _hierarchies.FirstOrDefault(h => h.Controllers.Contains(controller)) is { Unified: true };

    /// <summary>Its directory on version 2, with or without controllers; null where version 2 is not mounted.</summary>
    public string? UnifiedDirectory => _unified;

    /// <summary>Reads a small file of it.</summary>
    /// <returns>Null where it does not exist.</returns>
    public static string? Read(string? directory, string file)
    {
        if (directory is null)
            return null;
        try
        {
            string path = $"{directory}/{file}";
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path);
            Span<byte> text = stackalloc byte[1024];
            int length = RawIo.Read(handle, text, path);
            // A long file may come in pieces that end with a whole line.
            return length < text.Length / 2 ? System.Text.Encoding.ASCII.GetString(text[..length]).TrimEnd() : File.ReadAllText(path).TrimEnd();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads one value of a file of lines `key value`.</summary>
    /// <returns>Null where the file or the key does not exist.</returns>
    public static long? ReadKey(string? directory, string file, string key)
    {
        foreach (string line in (Read(directory, file) ?? "").Split('\n'))
        {
            if (line.Length > key.Length && line[key.Length] == ' ' && line.StartsWith(key, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(key.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                return value;
        }

        return null;
    }

    /// <summary>Asks for freezing or thawing. Version 2 does it even where it holds no controllers, and is quicker than the old freezer.</summary>
    /// <returns>False where no hierarchy can.</returns>
    public bool RequestFrozen(bool frozen)
    {
        if (_unified is not null && File.Exists(_unified + "/cgroup.freeze"))
            return TryWrite(_unified + "/cgroup.freeze", frozen ? "1" : "0");
        return _freezer is not null && TryWrite(_freezer + "/freezer.state", frozen ? "FROZEN" : "THAWED");
    }

    /// <summary>Whether every process of it is frozen now.</summary>
    public bool IsFrozen => ReadKey(_unified, "cgroup.events", "frozen") == 1
        || string.Equals(Read(_freezer, "freezer.state"), "FROZEN", StringComparison.Ordinal);

    /// <summary>
    /// Kills every process of it, frozen or not. Processes take a moment to die: call it again, after a pause, until it returns true. Where version 2
    /// is missing each call is a freeze, a signal to all, and a thaw, so that no fork slips through.
    /// </summary>
    /// <returns>Whether none is left.</returns>
    public bool Kill()
    {
        if (_unified is not null && TryWrite(_unified + "/cgroup.kill", "1"))
        {
            // A group frozen by the old freezer must be thawed for the signal to arrive.
            if (_freezer is not null && !string.Equals(Read(_freezer, "freezer.state"), "THAWED", StringComparison.Ordinal))
                TryWrite(_freezer + "/freezer.state", "THAWED");
            if (Read(_unified, "cgroup.procs") is { Length: > 0 })
                return false;
        }

        // cgroup.kill reaches only what version 2 holds.
        if (Processes().Count == 0)
            return true;
        if (_freezer is not null)
            TryWrite(_freezer + "/freezer.state", "FROZEN");
        foreach (int pid in Processes())
            _ = ProcessCalls.kill(pid, Signals.SIGKILL);
        if (_freezer is not null)
            TryWrite(_freezer + "/freezer.state", "THAWED");
        return Processes().Count == 0;
    }

    /// <summary>Processes in it, on any hierarchy, those of groups below it included.</summary>
    public IReadOnlyList<int> Processes()
    {
        var pids = new HashSet<int>();
        foreach (CgroupHierarchy hierarchy in _hierarchies)
            AddProcesses($"{hierarchy.MountPoint}/{Path}", pids);
        return [.. pids];
    }

    /// <summary>Removes it from every hierarchy.</summary>
    /// <returns>False while processes are still dying in it: call it again after a pause.</returns>
    public bool Remove()
    {
        bool gone = true;
        foreach (CgroupHierarchy hierarchy in _hierarchies)
            gone &= RemoveTree($"{hierarchy.MountPoint}/{Path}");
        return gone;
    }

    private static void AddProcesses(string directory, HashSet<int> pids)
    {
        if (Read(directory, "cgroup.procs") is not { } text)
            return;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        foreach (string child in Children(directory))
            AddProcesses(child, pids);
    }

    private static bool RemoveTree(string directory)
    {
        // Nearly always there is no group below: on ten hierarchies of version 1 asking first would cost more than all the rest.
        if (rmdir(directory) == 0 || Marshal.GetLastPInvokeError() == Errno.ENOENT)
            return true;
        bool gone = true;
        foreach (string child in Children(directory))
            gone &= RemoveTree(child);
        return rmdir(directory) == 0 || Marshal.GetLastPInvokeError() == Errno.ENOENT ? gone : false;
    }

    private static string[] Children(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool TryWrite(string path, string value)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RawIo.Write(file, System.Text.Encoding.ASCII.GetBytes(value), path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);
}
