using System.Globalization;

namespace Vitrine.Linux.Processes;

/// <summary>
/// Processes of one owner on file, for who ends them when the owner is gone and no control group names them. Each is told by its id and its start time
/// together (proc_pid_stat(5), field 22): the id alone may be another's by then.
/// </summary>
/// <param name="directory">Directory of the files.</param>
/// <param name="prefix">How the names of this owner's files start.</param>
public sealed class ProcessRecords(string directory, string prefix)
{
    /// <summary>Puts a living process on file.</summary>
    /// <param name="name">Name of the file after the prefix.</param>
    /// <param name="pid">The process.</param>
    public void Write(string name, int pid)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(PathOf(name), string.Create(CultureInfo.InvariantCulture, $"{pid} {StartTime(pid)}\n"));
    }

    /// <summary>Takes a process off file.</summary>
    public void Remove(string name)
    {
        if (Directory.Exists(directory))
            File.Delete(PathOf(name));
    }

    /// <summary>Names of the files without the prefix.</summary>
    public IReadOnlyList<string> Names() => [.. Files().Select(f => Path.GetFileName(f)[prefix.Length..])];

    /// <summary>Kills what is on file and still lives; files of processes that are gone are removed.</summary>
    /// <returns>Whether nothing is left. Call again after a moment until it is so.</returns>
    public bool Sweep()
    {
        bool gone = true;
        foreach (string file in Files())
        {
            if (EndIfSame(file))
                File.Delete(file);
            else
                gone = false;
        }

        return gone;
    }

    private static bool EndIfSame(string file)
    {
        string[] fields = File.ReadAllText(file).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 2 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid < 2)
            return true;
        try
        {
            // Opened first and compared then: the descriptor names the process whose time was read, or one that has ended.
            using ProcessDescriptor process = ProcessDescriptor.Open(pid);
            if (StartTime(pid) != fields[1] || process.HasExited)
                return true;
            process.Signal(Signals.SIGKILL);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string StartTime(int pid)
    {
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }

    private string[] Files() => Directory.Exists(directory) ? Directory.GetFiles(directory, prefix + "*") : [];

    private string PathOf(string name) => $"{directory}/{prefix}{name}";
}
