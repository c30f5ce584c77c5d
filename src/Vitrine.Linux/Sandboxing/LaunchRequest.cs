using Vitrine.Linux.Files;

namespace Vitrine.Linux.Sandboxing;

/// <summary>A child to start, in a session of its own.</summary>
public sealed class LaunchRequest
{
    /// <summary>
    /// The program and its arguments, at least one; looked up in PATH of <see cref="Environment"/> when it has no slash. No NUL.
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>What the program sees as its own name; null for the first argument.</summary>
    public string? ArgumentZero { get; init; }

    /// <summary>The whole environment, as NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Working directory; null for this process's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Descriptor that becomes standard input. This and the next three must be 3 or above.</summary>
    public required int Input { get; init; }

    /// <summary>Descriptor that becomes standard output.</summary>
    public required int Output { get; init; }

    /// <summary>Descriptor that becomes standard error.</summary>
    public required int Error { get; init; }

    /// <summary>Descriptor that becomes number 3; −1, the default, for none. All others are closed.</summary>
    public int Extra { get; init; } = -1;

    /// <summary>Whether standard input is a terminal that becomes the session's own.</summary>
    public bool ControllingTerminal { get; init; }

    /// <summary>Signals blocked in the child, as a kernel set; none by default.</summary>
    public ulong BlockedSignals { get; init; }

    /// <summary>Who it becomes; null to stay who this process is (a helper of ours).</summary>
    public LaunchIdentity? Identity { get; init; }
}

/// <summary>Who a child becomes, and what it may use.</summary>
public sealed class LaunchIdentity
{
    /// <summary>Whether to change groups, gid and uid; needs SETUID, SETGID and SETPCAP.</summary>
    public required bool SwitchUser { get; init; }

    /// <summary>User id.</summary>
    public uint Uid { get; init; }

    /// <summary>Group id.</summary>
    public uint Gid { get; init; }

    /// <summary>Further groups.</summary>
    public IReadOnlyList<uint> Groups { get; init; } = [];

    /// <summary>Capabilities it keeps, and its bounding set; 0 by default.</summary>
    public ulong Capabilities { get; init; }

    /// <summary>File mode creation mask.</summary>
    public ushort Umask { get; init; } = 0b000_010_010;

    /// <summary>RLIMIT_* number and value, soft and hard alike; a value above this process's own hard limit becomes that one.</summary>
    public (int Resource, ulong Value)[] Limits { get; init; } = [];

    /// <summary>Classic BPF program of 8 bytes an instruction; null for none.</summary>
    public MappedBuffer? Filter { get; init; }
}

/// <summary>Why a child did not start.</summary>
/// <param name="Step">At what.</param>
/// <param name="Errno">The error number (errno(3)).</param>
public readonly record struct LaunchFailure(LaunchStep Step, int Errno);
