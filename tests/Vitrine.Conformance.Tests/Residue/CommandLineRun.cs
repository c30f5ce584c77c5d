using System.Diagnostics;
using System.Globalization;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Residue;

/// <summary>
/// The command line as a user starts it, below a small parent that adopts orphans (PR_SET_CHILD_SUBREAPER, prctl(2)) and ends only when the last of
/// all descendants has ended: that parent's end is the proof that no process is left, whatever its name or session.
/// </summary>
internal sealed class CommandLineRun : IAsyncDisposable
{
    private const string Adopter = """
        import ctypes, os, subprocess, sys
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
        child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(child.pid, flush=True)
        while True:
            try:
                pid, status = os.wait()
                if pid == child.pid:
                    print(os.waitstatus_to_exitcode(status), flush=True)
            except ChildProcessError:
                break
        """;

    private readonly Process _adopter;

    private CommandLineRun(Process adopter, int pid)
    {
        _adopter = adopter;
        Pid = pid;
    }

    /// <summary>Process id of `vitrine`.</summary>
    public int Pid { get; }

    /// <summary>Whether every descendant has ended.</summary>
    public bool HasEnded => _adopter.HasExited;

    public static async Task<CommandLineRun> StartAsync(TestSpace space, string runtime, params string[] arguments)
    {
        Process adopter = HostCommand.Start(["/usr/bin/python3", "-I", "-c", Adopter, HostPrograms.RequireCli(), .. arguments], EnvironmentOf(space, runtime));
        string? pid = await adopter.StandardOutput.ReadLineAsync();
        return new CommandLineRun(adopter, int.Parse(pid!, CultureInfo.InvariantCulture));
    }

    /// <summary>What a user's shell would give it, with all state in the test's space.</summary>
    public static Dictionary<string, string> EnvironmentOf(TestSpace space, string runtime) => new(StringComparer.Ordinal)
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = space.Scratch,
        ["VITRINE_STATE_DIR"] = space.StateDirectory,
        ["VITRINE_DATA_DIR"] = space.DataDirectory,
        ["VITRINE_CGROUP"] = space.Name,
        ["VITRINE_RUNTIME"] = runtime,
        ["VITRINE_GUEST"] = HostPrograms.RequireGuest(),
    };

    /// <summary>Living descendants, with their command lines.</summary>
    public IReadOnlyList<(int Pid, string Command)> Descendants()
    {
        var parents = new Dictionary<int, int>();
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out int pid))
                continue;
            try
            {
                string stat = File.ReadAllText(directory + "/stat");
                string[] rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (rest[0] != "Z")
                    parents[pid] = int.Parse(rest[1], CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at.
            }
        }

        return [.. parents.Keys.Where(p => IsBelow(p, parents)).Select(p => (p, Command(p)))];
    }

    /// <summary>Waits until nothing is left of it; false when the time is over.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan patience)
    {
        try
        {
            await _adopter.WaitForExitAsync().WaitAsync(patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The exit code of `vitrine`, negative for a signal; null when it never ended.</summary>
    public async Task<int?> ExitCodeAsync() =>
        await _adopter.StandardOutput.ReadLineAsync() is { } code ? int.Parse(code, CultureInfo.InvariantCulture) : null;

    public async ValueTask DisposeAsync()
    {
        foreach ((int pid, _) in HasEnded ? [] : Descendants())
            Kill(pid);
        if (!_adopter.HasExited)
            await _adopter.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        _adopter.Dispose();
    }

    /// <summary>SIGKILL; whether there was somebody to take it.</summary>
    public static bool Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private bool IsBelow(int pid, Dictionary<int, int> parents)
    {
        for (int at = pid; parents.TryGetValue(at, out int parent) && parent > 1; at = parent)
        {
            if (parent == _adopter.Id)
                return true;
        }

        return false;
    }

    private static string Command(int pid)
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
}
