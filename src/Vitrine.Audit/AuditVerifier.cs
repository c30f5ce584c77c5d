using Vitrine.Audit.Chain;
using Vitrine.Audit.Verify;

namespace Vitrine.Audit;

/// <summary>
/// Finds lines that were edited, removed, reordered or brought from elsewhere, and (by the heads) an end that was cut off. Who may write chain and head
/// alike can make both anew: against that, keep <see cref="AuditChainEnd"/>s in another place.
/// </summary>
public static class AuditVerifier
{
    /// <summary>Verifies one chain's file, or every chain of a directory. May run next to writers.</summary>
    /// <param name="path">A `.jsonl` file or a trail's directory.</param>
    /// <param name="heads">Whether to hold the chains against their heads, which are looked for in `heads/` beside them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AuditException">`audit-unreadable`: there is nothing at the path.</exception>
    public static async Task<AuditVerification> VerifyAsync(string path, bool heads, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        bool isDirectory = Directory.Exists(full);
        if (!isDirectory && !File.Exists(full))
            throw new AuditException("audit-unreadable", $"There is no audit trail at {full}. Name its directory or one of its {AuditLayout.Extension} files.");
        var layout = new AuditLayout(isDirectory ? full : Path.GetDirectoryName(full)!);
        string[] writers = isDirectory ? layout.Writers() : [Path.GetFileNameWithoutExtension(full)];
        var findings = new List<AuditFinding>();
        var ends = new List<AuditChainEnd>();
        foreach (string writer in writers)
        {
            var chain = new ChainVerifier(isDirectory ? layout.Chain(writer) : full, writer, findings);
            if (heads)
                chain.TakeHead(layout.Head(writer));
            ends.Add(await chain.RunAsync(cancellationToken).ConfigureAwait(false));
        }

        return new AuditVerification { Chains = ends, Findings = findings };
    }
}
