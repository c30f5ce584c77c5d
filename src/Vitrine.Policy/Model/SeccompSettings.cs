namespace Vitrine.Policy.Model;

/// <summary>System calls more or fewer than the built-in allow-list, by the names of syscalls(2).</summary>
public sealed record SeccompSettings
{
    /// <summary>Added to the list.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Taken from the list.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];
}
