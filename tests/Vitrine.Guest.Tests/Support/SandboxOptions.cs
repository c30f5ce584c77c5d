using Vitrine.Protocol.Hosting;

namespace Vitrine.Guest.Tests.Support;

/// <summary>What a test's sandbox is made of.</summary>
internal sealed record SandboxOptions
{
    public RootKind Root { get; init; } = RootKind.Debian;

    /// <summary>Most processes; 0 for no limit.</summary>
    public int Pids { get; init; }

    /// <summary>Whether the network is set up for a way out, and the guest told so.</summary>
    public bool WayOut { get; init; }

    /// <summary>Who takes what the guest asks for; null for the default, which refuses.</summary>
    public IGuestRequestHandler? Handler { get; init; }

    /// <summary>
    /// Whether PID 1 has uid 60000 and its four capabilities; otherwise it shares uid 1000 with the workload and has none.
    /// </summary>
    public bool SwitchesUser { get; init; } = true;
}

public enum RootKind
{
    /// <summary>This machine's /usr, read-only.</summary>
    Debian,

    /// <summary>Nothing but the guest, /proc and /dev.</summary>
    Empty,

    /// <summary>One static busybox.</summary>
    Busybox,
}
