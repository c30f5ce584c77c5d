namespace Vitrine.Engine.Sessions;

/// <summary>
/// Tells which command is to end for the forks that the kernel refused to the whole sandbox: the one with the most processes, one at a time. The others live
/// on, as they would beside any greedy program.
/// </summary>
internal sealed class ForkBombs
{
    /// <summary>Refused forks after which a command is a fork bomb and not a program that waits its turn.</summary>
    internal const long RefusedForksOfABomb = 1_000;

    private readonly Lock _gate = new();
    private readonly Func<int?> _largest;
    private long _settled;

    /// <summary>Starts counting.</summary>
    /// <param name="largest">Gives the process id inside that began the largest tree.</param>
    public ForkBombs(Func<int?> largest) => _largest = largest;

    /// <summary>Whether this command is the one to end.</summary>
    /// <param name="pid">Its process id inside.</param>
    /// <param name="refusedForks">All refused forks of the sandbox so far.</param>
    public bool IsBlamed(int pid, long refusedForks)
    {
        lock (_gate)
        {
            if (refusedForks - _settled < RefusedForksOfABomb || _largest() != pid)
                return false;

            // What is refused from here on is somebody else's doing.
            _settled = refusedForks;
            return true;
        }
    }
}
