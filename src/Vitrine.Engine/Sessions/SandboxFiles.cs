using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Engine.Sessions;

/// <summary>The files of a sandbox. Each operation is done inside, by a helper that is as weak as the workload; what comes back is hostile.</summary>
public sealed class SandboxFiles
{
    private readonly Sandbox _sandbox;
    private readonly GuestConnection _guest;

    internal SandboxFiles(Sandbox sandbox, GuestConnection guest)
    {
        _sandbox = sandbox;
        _guest = guest;
    }

    /// <summary>Opens one operation: content on the channel's streams, its end on <see cref="GuestChannel.Exited"/> (0 or an errno).</summary>
    /// <param name="request">What to do; user and group are the sandbox's own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EngineException">`bad-path`: the path is not absolute or holds a NUL character.</exception>
    public Task<GuestChannel> OpenAsync(FileRequest request, CancellationToken cancellationToken)
    {
        Check(request.Path);
        if (request.Operation == FileOperation.Move)
            Check(request.Destination);
        _sandbox.Touch();
        return _guest.FileAsync(request with { Uid = _sandbox.Plan.User.Uid, Gid = _sandbox.Plan.User.Gid }, cancellationToken);
    }

    private static void Check(string path)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            throw new EngineException("bad-path", "A path inside a sandbox is absolute and holds no NUL character.");
    }
}
