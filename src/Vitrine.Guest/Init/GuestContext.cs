using Vitrine.Guest.Egress;
using Vitrine.Guest.Exec;
using Vitrine.Linux;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Init;

/// <summary>What the parts of PID 1 share.</summary>
internal sealed class GuestContext
{
    internal EventLoop Loop { get; } = new();

    internal Wire Wire { get; set; } = null!;

    internal ChannelList Channels { get; } = new();

    internal RunnerPool Runners { get; set; } = null!;

    /// <summary>Where connections and questions of programs come in; null without a way out.</summary>
    internal WayOut? WayOut { get; set; }

    /// <summary>What the host asked for; set by its hello.</summary>
    internal GuestSetup Setup { get; set; } = new();

    /// <summary>This process's uid and gid, which no command may take.</summary>
    internal uint Uid { get; init; }

    /// <summary>This process's gid.</summary>
    internal uint Gid { get; init; }

    /// <summary>Refuses a channel; its id is free again.</summary>
    internal void Refuse(ushort channel, int errno, string message)
    {
        var writer = new WireWriter();
        new ChannelOpenFailed(errno, message).Write(writer);
        Wire.Send(FrameType.OpenFailed, channel, writer.Written);
    }

    /// <summary>Ends a channel that was given up before it was open: nothing may be sent on it but this.</summary>
    internal void RefuseCancelled(Channel channel)
    {
        Channels.Remove(channel);
        Refuse(channel.Id, Errno.ECANCELED, "the channel was given up before it was open");
    }

    /// <summary>Tells that everything of a channel is over.</summary>
    internal void Close(Channel channel)
    {
        Channels.Remove(channel);
        Wire.Send(FrameType.Closed, channel.Id, default);
    }
}
