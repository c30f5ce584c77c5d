using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci.Identity;

/// <summary>Makes user namespaces with a mapping, through the helper process `vitrine-guest userns`, which is started at the first need.</summary>
internal sealed class UserNamespaceFactory(string guestPath) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private Pipe? _requests;
    private Pipe? _answers;
    private ChildProcess? _helper;

    /// <summary>Makes a namespace.</summary>
    /// <param name="users">Its uid mapping.</param>
    /// <param name="groups">Its gid mapping.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RuntimeException">`userns-failed`.</exception>
    public async Task<SafeFileHandle> MakeAsync(IdRange users, IdRange groups, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int pid = await RequestAsync(cancellationToken).ConfigureAwait(false);
            using ProcessDescriptor process = ProcessDescriptor.Open(pid);
            try
            {
                UserNamespace.Map(pid, [users], [groups]);
                return UserNamespace.Open(pid);
            }
            finally
            {
                process.Signal(Signals.SIGKILL);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeException("userns-failed",
                $"A user namespace with the mapping {users} could not be made: {e.Message}. Root and /proc/sys/user/max_user_namespaces above 0 are needed.", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task<int> RequestAsync(CancellationToken cancellationToken)
    {
        if (_helper is null || _helper.Process.HasExited)
            await StartAsync().ConfigureAwait(false);
        RawIo.Write(_requests!.Writer, [1], "vitrine-guest userns");
        byte[] answer = new byte[sizeof(int)];
        if (await _answers!.ReadAsync(answer, cancellationToken).ConfigureAwait(false) != answer.Length)
            throw new IOException("the helper `vitrine-guest userns` ended without an answer");
        int pid = BitConverter.ToInt32(answer);
        return pid > 0 ? pid : throw new LinuxException("clone", "CLONE_NEWUSER", -pid);
    }

    private async Task StartAsync()
    {
        await StopAsync().ConfigureAwait(false);
        (_requests, _answers) = (new Pipe(), new Pipe());
        _helper = ChildProcess.Start(new ChildStart
        {
            Path = guestPath,
            Arguments = ["vitrine-guest", "userns"],
            Descriptors = [_requests.Reader, _answers.Writer, null],
            WorkingDirectory = "/",
            NewSession = true,
        });
        _requests.Reader.Dispose();
        _answers.Writer.Dispose();
    }

    private async Task StopAsync()
    {
        _requests?.Dispose();
        _answers?.Dispose();
        if (_helper is null)
            return;

        // At the end of its input it ends by itself; it is not trusted to.
        _helper.Signal(Signals.SIGKILL);
        await _helper.WaitAsync().ConfigureAwait(false);
        _helper.Dispose();
        _helper = null;
    }
}
