namespace Vitrine.Policy.Validation.Mounts;

/// <summary>
/// Judges a host path (requirement B6), both as it was written and where its links lead. The rules stand in the order in which their
/// reasons are
/// most useful to a person.
/// </summary>
internal static class MountJudge
{
    /// <summary>Judges the source of a mount; null when it may go in.</summary>
    public static MountVerdict? Judge(IHostFacts host, string written, HostPath real) =>
        JudgePath(host, written, withState: true) ?? Led(written, real, JudgePath(host, real.RealPath, withState: true))
            ?? FileKindRule.Judge(real);

    /// <summary>Judges the directory of an image: the same, but images are kept below our own state.</summary>
    public static MountVerdict? JudgeImage(IHostFacts host, string written, HostPath real) =>
        JudgePath(host, written, withState: false) ?? Led(written, real, JudgePath(host, real.RealPath, withState: false));

    private static MountVerdict? JudgePath(IHostFacts host, string path, bool withState) =>
        EngineSocketRule.Judge(host, path)
        ?? KernelPathRule.Judge(path)
        ?? HomeDirectoryRule.Judge(host, path)
        ?? CredentialStoreRule.Judge(host, path)
        ?? (withState ? StateDirectoryRule.Judge(host, path) : null);

    private static MountVerdict? Led(string written, HostPath real, MountVerdict? verdict) =>
        verdict is null || string.Equals(written, real.RealPath, StringComparison.Ordinal)
            ? verdict
            : verdict with { Reason = $"it leads to '{Problems.Printable.Of(real.RealPath)}': {verdict.Reason}" };
}
