namespace Vitrine.Policy.Model;

/// <summary>The root file system's writability.</summary>
public sealed record RootSettings
{
    /// <summary>Whether writes go to a layer that is thrown away at the end. Default false: read-only.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>Bytes of that layer, in memory. Default 256 MiB.</summary>
    public long? SizeBytes { get; init; }
}
