using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Hosting;

/// <summary>How the host keeps one wire. The defaults are the promised numbers; what differs is for tests and slow runtimes.</summary>
public sealed record GuestConnectionOptions
{
    /// <summary>How long the guest may take from the hello to its answer; 10 seconds by default.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the guest is asked for a sign of life; 5 seconds by default.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a ping, or the end of a reset channel, may stay unanswered before the wire is closed; 10 seconds by default. A frozen
    /// sandbox's time does not count.
    /// </summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Oldest protocol version to offer; <see cref="WireLimits.MinVersion"/> by default.</summary>
    public ushort MinVersion { get; init; } = WireLimits.MinVersion;

    /// <summary>Newest protocol version to offer; <see cref="WireLimits.MaxVersion"/> by default.</summary>
    public ushort MaxVersion { get; init; } = WireLimits.MaxVersion;

    /// <summary>
    /// Bytes of credit the main output of a new channel starts with while the total allows it: a power of two from
    /// <see cref="WireLimits.MinStreamCredit"/> to <see cref="WireLimits.MaxStreamCredit"/>, 64 KiB by default.
    /// </summary>
    public int InitialCredit { get; init; } = 64 * 1024;

    /// <summary>The clock; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Who answers channels the guest asks for; by default all are refused with EPERM.</summary>
    public IGuestRequestHandler RequestHandler { get; init; } = RefusingRequestHandler.Instance;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReadyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PingInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PingTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinVersion, MaxVersion);
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialCredit, WireLimits.MinStreamCredit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InitialCredit, WireLimits.MaxStreamCredit);
        if (!int.IsPow2(InitialCredit))
            throw new ArgumentException($"{nameof(InitialCredit)} is {InitialCredit}; it must be a power of two");
    }
}
