namespace Vitrine.Linux.Network;

/// <summary>Addresses on lo of a sandbox, beside 127.0.0.1. 198.18.0.0/15 is set aside for tests of networks (RFC 2544): no host has one.</summary>
public static class InsideAddresses
{
    /// <summary>198.18.0.1: the gateway as seen from inside; where there is none, what lets getaddrinfo(3) believe in IPv4 (AI_ADDRCONFIG).</summary>
    public const uint Gateway = 0xC6120001;

    /// <summary><see cref="Gateway"/> as people write it.</summary>
    public const string Text = "198.18.0.1";

    /// <summary>TCP port at <see cref="Gateway"/> where the guest takes every connection that leaves.</summary>
    public const ushort ConnectionPort = 15001;

    /// <summary>UDP port at <see cref="Gateway"/> where it takes DNS questions.</summary>
    public const ushort QuestionPort = 53;
}
