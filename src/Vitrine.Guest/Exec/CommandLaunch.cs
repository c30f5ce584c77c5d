using Vitrine.Linux.Files;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>Turns a request into a running command.</summary>
internal sealed class CommandLaunch(Descriptor oomScore)
{
    private readonly ChildLauncher _launcher = new();
    private MappedBuffer? _filter;
    private bool _switchesUser = true;

    /// <summary>The host's setup, once.</summary>
    internal void Setup(bool switchesUser, ReadOnlySpan<byte> filter)
    {
        _switchesUser = switchesUser;
        if (filter.IsEmpty)
            return;
        _filter = new MappedBuffer(filter.Length);
        filter.CopyTo(_filter.Span);
    }

    /// <summary>Starts the command and closes the descriptors, which were for it alone.</summary>
    /// <returns>Its pid; 0 when it failed.</returns>
    internal int Start(CommandRequest request, ReadOnlySpan<int> descriptors, out LaunchFailure failure)
    {
        bool terminal = descriptors[1] < 0;
        var launch = new LaunchRequest
        {
            Arguments = request.Arguments,
            Environment = request.Environment,
            WorkingDirectory = request.WorkingDirectory,
            Input = descriptors[0],
            Output = terminal ? descriptors[0] : descriptors[1],
            Error = terminal ? descriptors[0] : descriptors[2],
            ControllingTerminal = terminal,
            Identity = new LaunchIdentity
            {
                SwitchUser = _switchesUser,
                Uid = request.Uid,
                Gid = request.Gid,
                Groups = request.Groups,
                Capabilities = request.Capabilities,
                Umask = request.Umask,
                Limits = Limits(request),
                Filter = _filter,
            },
        };

        // The child inherits the score at its birth: the kernel takes the command before this process, and this one before PID 1 never.
        SetOomScore("1000"u8);
        int pid = _launcher.Start(launch, out failure);
        SetOomScore("0"u8);
        foreach (int descriptor in descriptors)
        {
            if (descriptor >= 0)
                new Descriptor(descriptor).Dispose();
        }

        return pid;
    }

    private static (int Resource, ulong Value)[] Limits(CommandRequest request)
    {
        var limits = new (int, ulong)[request.ResourceLimits.Count];
        for (int i = 0; i < limits.Length; i++)
            limits[i] = (request.ResourceLimits[i].Resource, request.ResourceLimits[i].Value);
        return limits;
    }

    // A /proc that is mounted read-only leaves the score as it is.
    private void SetOomScore(ReadOnlySpan<byte> score)
    {
        if (!oomScore.IsInvalid)
            _ = DescriptorIo.Write(oomScore.Number, score);
    }
}
