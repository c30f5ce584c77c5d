namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Why a host path may not go in.</summary>
/// <param name="Code">Stable kebab-case code.</param>
/// <param name="Reason">What it is, as the end of the sentence "refused: …".</param>
/// <param name="WayOut">What to do instead.</param>
internal sealed record MountVerdict(string Code, string Reason, string WayOut);
