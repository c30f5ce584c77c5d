using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Egress;

/// <summary>A registry or code host by a short name.</summary>
/// <param name="Name">The word that stands for it.</param>
/// <param name="Summary">What is behind it.</param>
/// <param name="Domains">Its own hosts, where no configuration names others.</param>
public sealed record EgressPreset(string Name, string Summary, IReadOnlyList<PresetDomain> Domains)
{
    /// <summary>Files on this host that are read for it, `~` for the home of who gives the command; none where it has no such
    /// tool.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Reads one of these files; null where there is none.</summary>
    internal Func<string, PresetFindings>? Reader { get; init; }

    /// <summary>Domains of others that the same files may name; places there are not this preset's.</summary>
    internal IReadOnlyList<string> Foreign { get; init; } = [];

    /// <summary>Whether plain HTTP is what the tool is made for, since it checks signatures of its own.</summary>
    internal bool IsSigned { get; init; }
}

/// <summary>A domain of a preset.</summary>
/// <param name="Pattern">`*.domain`, or one name.</param>
/// <param name="WithApex">Whether the domain's own name is meant too.</param>
public readonly record struct PresetDomain(string Pattern, bool WithApex = false)
{
    /// <summary>The patterns of rules.</summary>
    public IEnumerable<string> Hosts() => WithApex ? [Pattern[2..], Pattern] : [Pattern];
}

/// <summary>A host of a preset on this machine.</summary>
/// <param name="Host">Name or `*.name`, in normal form.</param>
/// <param name="Port">The port.</param>
/// <param name="Protocol">What is spoken.</param>
/// <param name="Origin">The file that names it; null when it is the preset's own.</param>
public sealed record PresetHost(string Host, ushort Port, EgressProtocol Protocol, string? Origin);

/// <summary>What a preset is on this machine.</summary>
/// <param name="Preset">The preset.</param>
/// <param name="Hosts">Its hosts, the configured ones first.</param>
/// <param name="Notices">What was left out or should be known.</param>
public sealed record PresetResolution(EgressPreset Preset, IReadOnlyList<PresetHost> Hosts, IReadOnlyList<PresetNotice> Notices);

/// <summary>Something about a preset's configuration.</summary>
/// <param name="Code">A stable word.</param>
/// <param name="Message">What and why, without a full stop.</param>
/// <param name="Hint">What to do; may be empty.</param>
public sealed record PresetNotice(string Code, string Message, string Hint);
