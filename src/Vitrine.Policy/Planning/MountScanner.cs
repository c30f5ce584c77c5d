using Vitrine.Policy.Model;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Validation.Mounts;

namespace Vitrine.Policy.Planning;

/// <summary>Looks below a mount, in bounds, for sockets of engines and for names that look like secrets, and settles its masks.</summary>
internal static class MountScanner
{
    public const int MaxEntries = 20_000;
    public const int MaxDepth = 8;
    private const int NamesShown = 5;

    /// <summary>Reports what was found and gives the paths to cover, relative, in order, none below another.</summary>
    public static IReadOnlyList<string> Scan(PlanContext context, string path, MountSettings mount, HostPath source)
    {
        if (source.Kind != HostPathKind.Directory)
        {
            WarnOfFile(context, path, source);
            return [];
        }

        HostScan scan = context.Host.Scan(source.RealPath, MaxEntries, MaxDepth);
        ReportSockets(context, path, source, scan);
        List<HostScanEntry> secrets = [.. scan.Entries.Where(entry => SecretNames.Matches(entry.Name, entry.IsDirectory))];
        var masks = new SortedSet<string>(StringComparer.Ordinal);
        if (mount.MaskAuto)
            foreach (HostScanEntry entry in secrets) Add(context, source, entry.RelativePath, masks);
        foreach (string pattern in mount.Mask) CoverPattern(context, path, source, scan, pattern, masks);

        List<string> outermost = [.. masks.Where(mask => !masks.Any(other => PathRules.IsBelow(mask, other)))];
        Report(context, path, mount, scan, [.. secrets.Select(entry => entry.RelativePath)
            .Where(name => !outermost.Any(mask => PathRules.IsAtOrBelow(name, mask)))]);
        return outermost;
    }

    private static void WarnOfFile(PlanContext context, string path, HostPath source)
    {
        string name = source.RealPath[(source.RealPath.LastIndexOf('/') + 1)..];
        if (SecretNames.Matches(name, isDirectory: false))
            context.Warning("mount-secrets", path,
                $"'{Printable.Of(source.RealPath)}' looks like a secret, and every program inside can read it",
                "Leave it out unless the job cannot do without");
    }

    private static void ReportSockets(PlanContext context, string path, HostPath source, HostScan scan)
    {
        HostScanEntry socket = scan.Entries.FirstOrDefault(entry => EngineSocketRule.IsSocketName(entry.Name));
        if (socket.RelativePath is not null
            && context.Host.ResolvePath($"{source.RealPath}/{socket.RelativePath}").Kind == HostPathKind.Socket)
            context.Error("mount-engine-socket", path,
                $"mounting '{Printable.Of(source.RealPath)}' is refused: it holds the container engine's socket '{Printable.Of(socket.RelativePath)}'", "Mount the one directory of data that the job needs");
    }

    private static void CoverPattern(PlanContext context, string path, HostPath source, HostScan scan, string pattern,
        SortedSet<string> masks)
    {
        int before = masks.Count;
        if (MaskPattern.IsPlain(pattern)) Add(context, source, pattern, masks);
        foreach (HostScanEntry entry in scan.Entries.Where(entry => MaskPattern.Matches(pattern, entry.RelativePath))) Add(context, source,
            entry.RelativePath, masks);
        if (masks.Count == before)
            context.Note("mask-nothing", $"{path}.mask",
                $"the mask '{Printable.Of(pattern)}' covers nothing in '{Printable.Of(source.RealPath)}'",
                "Check the pattern; files made later are not covered");
    }

    // A cover cannot lie on a link: what it leads to is covered, if that is inside the mount at all.
    private static void Add(PlanContext context, HostPath source, string relativePath, SortedSet<string> masks)
    {
        if (context.Host.RealPath($"{source.RealPath}/{relativePath}") is { } real && PathRules.IsBelow(real, source.RealPath))
            masks.Add(real[(source.RealPath.Length + 1)..]);
    }

    private static void Report(PlanContext context, string path, MountSettings mount, HostScan scan, List<string> seen)
    {
        if (seen.Count > 0)
        {
            string names = string.Join(", ", seen.Take(NamesShown).Select(name => Printable.Of(name))) + (seen.Count > NamesShown
                ? $" and {seen.Count - NamesShown} more" : "");
            context.Warning("mount-secrets", path,
                $"below '{Printable.Of(mount.Source)}' there are names that look like secrets, readable inside: {names}",
                mount.Access == MountAccess.ReadOnly
                    ? "Cover them with `mask: auto`, or mount a directory without them"
                    : "Mount a directory without them, or read-only with `mask: auto`");
        }

        if (scan.IsComplete) return;
        string message =
            $"only the first {scan.Entries.Count} names below '{Printable.Of(mount.Source)}', {MaxDepth} levels deep, were looked at for secrets";
        if (mount.MaskAuto) context.Warning("mount-scan-partial", path, message + ", so `mask: auto` may have missed some",
            "Mount a smaller directory, or name the masks");
        else context.Note("mount-scan-partial", path, message, "Mount a smaller directory to have all of it looked at");
    }
}
