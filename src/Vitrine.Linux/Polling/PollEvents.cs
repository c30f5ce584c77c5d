namespace Vitrine.Linux.Polling;

/// <summary>What a descriptor is waited for, and what it is ready for (epoll_ctl(2), poll(2)).</summary>
[Flags]
public enum PollEvents
{
    /// <summary>Nothing but error and hang-up, which are always told.</summary>
    None = 0,

    /// <summary>There is something to read, or the end.</summary>
    Read = 0x1,

    /// <summary>There is room to write.</summary>
    Write = 0x4,

    /// <summary>An error; the reader of a pipe is gone.</summary>
    Error = 0x8,

    /// <summary>The other side hung up.</summary>
    HangUp = 0x10,

    /// <summary>The peer of a stream socket shut down its writing half.</summary>
    PeerClosed = 0x2000,
}

/// <summary>One ready descriptor.</summary>
/// <param name="Events">What it is ready for.</param>
/// <param name="Token">What it was registered with.</param>
public readonly record struct ReadyEvent(PollEvents Events, ulong Token);
