using System.Globalization;

namespace Vitrine.Engine.Sessions;

/// <summary>
/// How many processes each command has, as the host's kernel says (/proc/PID/task/TID/children, proc_pid_task(5)). Every command has a runner that adopts
/// what its processes orphan, so that a runner's descendants are the command's, whatever session they moved to.
/// </summary>
internal static class ProcessTrees
{
    /// <summary>The process inside that began the largest tree; null when it is gone or nothing can be read.</summary>
    /// <param name="guestPid">The guest's process id on the host.</param>
    public static int? Largest(int guestPid)
    {
        int largest = 0;
        int? first = null;
        foreach (int runner in Children(guestPid))
        {
            int[] commands = [.. Children(runner)];
            int size = commands.Length + commands.Sum(Descendants);
            if (size > largest)
                (largest, first) = (size, commands.Select(InnerPid).Where(static p => p > 0).Cast<int?>().Min());
        }

        return first;
    }

    private static int Descendants(int pid)
    {
        int count = 0;
        var left = new Stack<int>(Children(pid));
        while (left.TryPop(out int next))
        {
            count++;
            foreach (int child in Children(next))
                left.Push(child);
        }

        return count;
    }

    private static IEnumerable<int> Children(int pid)
    {
        try
        {
            // A thread's own children are listed with it.
            return [.. Directory.EnumerateDirectories($"/proc/{pid}/task")
                .SelectMany(static t => File.ReadAllText(t + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(static c => int.Parse(c, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static int InnerPid(int pid)
    {
        try
        {
            // NSpid: the id in each namespace, the innermost last (proc_pid_status(5)).
            string line = File.ReadLines($"/proc/{pid}/status").First(static l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            return int.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return 0;
        }
    }
}
