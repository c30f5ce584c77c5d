namespace Vitrine.Egress;

/// <summary>A connection that is to be looked into.</summary>
internal sealed record InspectedConnection
{
    /// <summary>The program's bytes, with those already read put back.</summary>
    public required InsideStream Stream { get; init; }

    /// <summary>The name it is for, in normal form; null on the port of the HTTP proxy, where each request names its own.</summary>
    public string? Name { get; init; }

    /// <summary>The port it is for; that of the proxy where <see cref="Name"/> is null.</summary>
    public required ushort Port { get; init; }

    /// <summary>Whether a ClientHello comes first.</summary>
    public required bool IsTls { get; init; }

    /// <summary>Whose connection it is.</summary>
    public required EgressSession Session { get; init; }
}
