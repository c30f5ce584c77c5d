namespace Vitrine.Policy.Model;

/// <summary>A memory file system. Always nosuid and nodev. Counts as the sandbox's memory.</summary>
public sealed record TmpfsSettings
{
    /// <summary>Absolute path inside. `/tmp`, `/dev/shm` and the home directory exist anyway; naming one changes it.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes. Default 64 MiB (`/tmp`: 512 MiB).</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Most files. Default: one per 8 KiB.</summary>
    public long? Inodes { get; init; }

    /// <summary>Whether its files may be executed. Default false.</summary>
    public bool Exec { get; init; }
}
