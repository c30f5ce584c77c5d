namespace Vitrine.Policy.Model;

/// <summary>The directory /workspace: memory that ends with the sandbox, or a directory of the host.</summary>
public sealed record WorkspaceSettings
{
    /// <summary>Bytes when it is memory. Default 512 MiB. Counts as the sandbox's memory.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Most files when it is memory. Default: one per 8 KiB.</summary>
    public long? Inodes { get; init; }

    /// <summary>Whether its files may be executed. Default true.</summary>
    public bool Exec { get; init; } = true;

    /// <summary>Directory of the host instead of memory. Default none. Relative paths start where the command is given.</summary>
    public string? Mount { get; init; }

    /// <summary>Access to that directory. Default read-only.</summary>
    public MountAccess Access { get; init; } = MountAccess.ReadOnly;

    /// <summary>`root` when host root's own files may be written. Default false.</summary>
    public bool OwnerRoot { get; init; }
}
