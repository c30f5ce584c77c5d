namespace Vitrine.Runtimes.Oci.Configuration;

/// <summary>Who the guest is inside (HARDENING 1).</summary>
internal static class GuestIdentity
{
    /// <summary>Its uid and gid, which no policy can name.</summary>
    public const uint Id = 60000;

    /// <summary>Where its binary is.</summary>
    public const string Path = "/.vitrine/guest";

    /// <summary>Descriptors it may have open: 256 channels with three streams each, and what commands may be given.</summary>
    public const ulong OpenFiles = 4096;

    /// <summary>CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP: bits 5 to 8 (capabilities(7)).</summary>
    public const ulong CapabilityBits = 0x1e0;

    /// <summary>
    /// The same by name. They stand in the inheritable and ambient sets too: the guest is not uid 0, so that execve(2) would drop them otherwise. It
    /// clears those two sets before it starts anything.
    /// </summary>
    public static readonly IReadOnlyList<string> Capabilities = ["CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP"];
}
