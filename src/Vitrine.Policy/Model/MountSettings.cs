namespace Vitrine.Policy.Model;

/// <summary>A path of the host that goes in.</summary>
public sealed record MountSettings
{
    /// <summary>Path on the host: absolute, `~/…`, or starting with `.` (where the command is given).</summary>
    public required string Source { get; init; }

    /// <summary>Absolute path inside.</summary>
    public required string Target { get; init; }

    /// <summary>Default read-only.</summary>
    public MountAccess Access { get; init; } = MountAccess.ReadOnly;

    /// <summary>Whether its files may be executed. Default false.</summary>
    public bool Exec { get; init; }

    /// <summary>`owner: root`: host root's own files may be written (rw only). Default false.</summary>
    public bool OwnerRoot { get; init; }

    /// <summary>Paths or patterns below it that are covered (ro only). Default none.</summary>
    public IReadOnlyList<string> Mask { get; init; } = [];

    /// <summary>`mask: auto`: cover every file whose name looks like a secret. Default false.</summary>
    public bool MaskAuto { get; init; }
}

/// <summary>Access to a mount.</summary>
public enum MountAccess
{
    /// <summary>`ro`.</summary>
    ReadOnly,

    /// <summary>`rw`.</summary>
    ReadWrite,
}
