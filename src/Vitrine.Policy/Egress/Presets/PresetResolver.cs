using System.Globalization;
using System.Xml;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Egress;

/// <summary>
/// Makes hosts of what configuration files say:
/// 1. read the preset's files that are there; without any that names a place, the preset's own hosts stand;
/// 2. take scheme, host and port of each place, and nothing else: no path, no credential, no address;
/// 3. a place within the preset's own domain stands for all of it, since an index there names other hosts of it;
/// 4. what is less than the usual (plain HTTP, a name of a private network) is said, never made up for.
/// </summary>
internal static class PresetResolver
{
    private const int LargestFile = 1 << 20;

    // Suffixes of networks of one's own: RFC 6762 appendix G, ICANN's `internal`, RFC 8375.
    private static readonly string[] s_privateSuffixes =
        [".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".local", ".localdomain", ".home.arpa"];

    public static PresetResolution Resolve(EgressPreset preset, IHostFacts host)
    {
        var hosts = new List<PresetHost>();
        var notices = new List<PresetNotice>();
        bool replaced = false;
        foreach ((string file, string text) in Texts(preset, host))
        {
            if (Read(preset, file, text, notices) is not { } findings) continue;
            replaced |= findings.Replaces;
            foreach (string url in findings.Urls) Take(preset, file, url, hosts, notices);
        }

        bool own = !replaced || hosts.Count == 0 || hosts.Exists(found => IsOwn(preset, found.Host));
        if (own)
        {
            hosts.RemoveAll(found => IsOwn(preset, found.Host) && found.Port is 80 or 443);
            hosts.AddRange(Own(preset));
        }

        return new PresetResolution(preset, hosts, notices);
    }

    /// <summary>The preset's own hosts.</summary>
    public static IEnumerable<PresetHost> Own(EgressPreset preset)
    {
        foreach (string host in preset.Domains.SelectMany(domain => domain.Hosts()))
        {
            yield return new PresetHost(host, 443, EgressProtocol.Tls, null);
            if (preset.IsSigned) yield return new PresetHost(host, 80, EgressProtocol.Http, null);
        }
    }

    private static bool IsOwn(EgressPreset preset, string host) =>
        preset.Domains.SelectMany(domain => domain.Hosts()).Any(pattern => HostName.Matches(pattern, host));

    private static IEnumerable<(string File, string Text)> Texts(EgressPreset preset, IHostFacts host)
    {
        foreach (string name in preset.Files)
        {
            string path = name;
            if (name[0] == '~')
            {
                if (host.OwnHome is not { } home) continue;
                path = home + name[1..];
            }

            IEnumerable<string> files = path.EndsWith("/*", StringComparison.Ordinal)
                ? host.Scan(path[..^2], 256, 1).Entries.Where(entry => !entry.IsDirectory)
                    .Select(entry => $"{path[..^1]}{entry.RelativePath}")
                    .Order(StringComparer.Ordinal)
                : [path];
            foreach (string file in files)
            {
                if (host.ReadText(file, LargestFile) is { } text) yield return (file, text);
            }
        }
    }

    private static PresetFindings? Read(EgressPreset preset, string file, string text, List<PresetNotice> notices)
    {
        try
        {
            return IsSource(file) ? preset.Reader!(text) : null;
        }
        catch (XmlException error)
        {
            notices.Add(new PresetNotice("preset-unreadable",
                $"{file} could not be read for the preset {preset.Name}: {Printable.Of(error.Message.TrimEnd('.'))}", "Mend it"));
            return null;
        }
    }

    // sources.list.d holds both forms; what ends otherwise is left alone by apt too (sources.list(5)).
    private static bool IsSource(string file) => !file.StartsWith("/etc/apt/sources.list.d/", StringComparison.Ordinal)
        || file.EndsWith(".list", StringComparison.Ordinal) || file.EndsWith(".sources", StringComparison.Ordinal);

    private static void Take(EgressPreset preset, string file, string url, List<PresetHost> hosts, List<PresetNotice> notices)
    {
        int plus = url.IndexOf('+', StringComparison.Ordinal);
        string plain = plus is > 0 and < 10 && url.IndexOf(':', StringComparison.Ordinal) > plus ? url[(plus + 1)..] : url;
        if (plain.Contains("${", StringComparison.Ordinal))
        {
            notices.Add(Skipped(preset, file, "a place with a variable in it", "Write the host into the policy"));
            return;
        }

        if (!Uri.TryCreate(plain, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https")) return;
        string name = uri.Host.ToLowerInvariant();
        if (HostPattern.Read(name, out string found) is { } fault || found.StartsWith("*.", StringComparison.Ordinal))
        {
            notices.Add(Skipped(preset, file, $"'{Printable.Of(name)}', which {HostPattern.Read(name, out _)?.Error ?? "is a wildcard"}",
                "Give it a name that resolves, and name that"));
            return;
        }

        if (preset.Foreign.Any(pattern => HostName.Matches(pattern, found))) return;
        bool isHttp = uri.Scheme is "http";
        var host = new PresetHost(found, (ushort)uri.Port, isHttp ? EgressProtocol.Http : EgressProtocol.Tls, file);
        if (hosts.Exists(known => known with { Origin = file } == host)) return;
        hosts.Add(host);
        string shown = string.Create(CultureInfo.InvariantCulture, $"{found}:{uri.Port}");
        if (uri.UserInfo.Length > 0)
            notices.Add(new PresetNotice("preset-credentials", $"{file} holds credentials for {shown}, which do not go in",
                "Give them as a secret (docs/policy.md, secrets)"));
        if (isHttp && !preset.IsSigned)
            notices.Add(new PresetNotice("preset-http",
                $"{file} names {shown} without TLS: whoever is on the way can read and change what comes from there",
                    "Use https where it has it"));
        if (!found.Contains('.') || Array.Exists(s_privateSuffixes, suffix => found.EndsWith(suffix, StringComparison.Ordinal)))
            notices.Add(new PresetNotice("preset-internal",
                $"{file} names {shown}, which looks like a host of a private network",
                    "A private address is refused unless the rule says `internal: true`"));
    }

    private static PresetNotice Skipped(EgressPreset preset, string file, string what, string hint) =>
        new("preset-skipped", $"{file} names {what}; the preset {preset.Name} leaves it out", hint);
}
