using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci.Ownership;

/// <summary>
/// The owner's side of `vitrine-guest keeper`: a process in a session of its own that does nothing until this one is gone, and then ends its sandboxes.
/// A keeper that dies alone is replaced.
/// </summary>
internal sealed class Keeper : IAsyncDisposable
{
    private readonly ChildStart _start;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _watch;
    private SafeFileHandle _owner;
    private ChildProcess _process;

    private Keeper(ChildStart start)
    {
        _start = start;
        (_process, _owner) = Launch();
        _watch = WatchAsync();
    }

    /// <summary>The keeper's process id.</summary>
    public int Pid => _process.Pid;

    /// <summary>Starts a keeper.</summary>
    /// <param name="guestPath">The static guest binary.</param>
    /// <param name="mark">The owner's mark.</param>
    /// <param name="cgroupName">Group that holds the sandboxes' own.</param>
    /// <param name="ranges">The file whose locks hold the id ranges: they stay held until the keeper is done.</param>
    public static Keeper Open(string guestPath, OwnerMark mark, string cgroupName, SafeFileHandle ranges) => new(new ChildStart
    {
        Path = guestPath,
        Arguments = ["vitrine-guest", "keeper", cgroupName, mark.GroupPrefix, mark.Path],
        Descriptors = [null, null, null, ranges],
        WorkingDirectory = "/",
        NewSession = true,
    });

    /// <summary>Tells the keeper that nothing is left to guard, and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        try
        {
            RawIo.Write(_owner, "b"u8, "keeper");
        }
        catch (IOException)
        {
            // It ended already.
        }

        await _process.WaitAsync().ConfigureAwait(false);
        _owner.Dispose();
        _process.Dispose();
        _closing.Dispose();
    }

    private (ChildProcess Process, SafeFileHandle Owner) Launch()
    {
        using var pipe = new Pipe();
        ChildProcess process = ChildProcess.Start(_start with { Descriptors = [pipe.Reader, null, null, _start.Descriptors[3]] });
        return (process, pipe.TakeWriter());
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _process.WaitAsync(_closing.Token).ConfigureAwait(false);
                (ChildProcess process, SafeFileHandle owner) = Launch();
                (process, _process) = (_process, process);
                (owner, _owner) = (_owner, owner);
                process.Dispose();
                owner.Dispose();

                // A binary that cannot stay alive must not make this a busy loop.
                await Task.Delay(TimeSpan.FromMilliseconds(100), _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Closing.
        }
        catch (LinuxException)
        {
            // No keeper can be started any more: the guests still end with the wire, and the next start cleans up.
        }
    }
}
