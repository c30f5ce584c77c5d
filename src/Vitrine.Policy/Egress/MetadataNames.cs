namespace Vitrine.Policy.Egress;

/// <summary>
/// Names under which clouds serve their machines' credentials, from their documentation: Google Compute Engine, Amazon EC2, Azure, Equinix
/// Metal, Tencent. No rule and no `internal: true` lets them through; their addresses (169.254.169.254 and its like) are refused by the
/// gateway after resolving whatever the name is.
/// </summary>
public static class MetadataNames
{
    private static readonly HashSet<string> s_names = new(StringComparer.Ordinal)
    {
        "metadata", "metadata.google.internal", "metadata.goog", "metadata.internal", "instance-data", "instance-data.ec2.internal",
        "metadata.azure.com", "metadata.azure.internal", "metadata.packet.net", "metadata.platformequinix.com",
        "metadata.tencentyun.com",
    };

    /// <summary>Whether a name, in normal form, is one of them or lies below one.</summary>
    public static bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return s_names.Any(known => HostName.Matches(known, name) || (known.Contains('.') && HostName.Matches($"*.{known}", name)));
    }
}
