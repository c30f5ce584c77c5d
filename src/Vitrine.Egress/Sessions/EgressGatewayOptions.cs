namespace Vitrine.Egress;

/// <summary>Times and sizes of a gateway. The defaults are the promised numbers.</summary>
public sealed record EgressGatewayOptions
{
    /// <summary>The clock; the system's by default.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Bytes all connections of all sandboxes together may make the gateway hold; 256 MiB by default. Beyond, new ones are
    /// refused.</summary>
    public long MemoryLimit { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long a client may take for its ClientHello, SSH banner, or request to a proxy; 10 seconds by default.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a name may take to resolve; 5 seconds by default.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one question to one name server may take; 2 seconds by default.</summary>
    public TimeSpan ResolveTryTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long connecting may take, over all addresses of a name; 10 seconds by default.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stand without a byte either way; 15 minutes by default.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one side may take none of the bytes that wait for it; 2 minutes by default.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Names one sandbox may have looked up at the same time; further ones wait. 16 by default.</summary>
    public int ResolvesAtOnce { get; init; } = 16;

    /// <summary>The host's resolver configuration, resolv.conf(5).</summary>
    internal string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The host's table of names, hosts(5).</summary>
    internal string Hosts { get; init; } = "/etc/hosts";

    /// <summary>Makes what judges requests of inspected connections.</summary>
    internal Func<EgressSession, IInspector?> Inspector { get; init; } = static session => new Inspect.SessionInspector(session);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MemoryLimit, MemoryBudget.Terminated);
        ArgumentOutOfRangeException.ThrowIfLessThan(ResolvesAtOnce, 1);
        foreach (TimeSpan time in (ReadOnlySpan<TimeSpan>)[HelloTimeout, ResolveTimeout, ResolveTryTimeout, DialTimeout, IdleTimeout,
            StallTimeout])
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
    }
}
