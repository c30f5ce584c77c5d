using System.Text;
using Vitrine.Linux;
using Vitrine.Linux.Processes;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>Which OCI runtimes are there, how old they are, and what is known against that age.</summary>
internal static class RuntimeChecks
{
    private const string Area = "runtime";
    private static readonly string[] s_places = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Looks.</summary>
    public static async Task<IReadOnlyList<Check>> RunAsync(HostFiles files, HostPackages packages, CancellationToken cancellationToken)
    {
        var checks = new List<Check>();
        int usable = 0;
        foreach (string name in (string[])["crun", "runc"])
        {
            if (Find(files, name) is not { } path)
            {
                checks.Add(new Check(Area, name, CheckStatus.Weaker, "not installed", packages.Install(name)));
                continue;
            }

            string text = await VersionOfAsync(path, cancellationToken).ConfigureAwait(false);
            Check check = Judge(name, path, text, packages);
            checks.Add(check);
            usable += check.Status == CheckStatus.Missing ? 0 : 1;
        }

        if (usable == 0)
            checks.Add(new Check(Area, "any", CheckStatus.Missing, "no sandbox starts without crun or runc", packages.Install("crun")));
        return checks;
    }

    /// <summary>Judges what a runtime says of itself.</summary>
    internal static Check Judge(string name, string path, string versionText, HostPackages packages)
    {
        if (RuntimeVersion.Parse(versionText) is not { } version)
            return new Check(Area, name, CheckStatus.Missing, $"{path} does not run: {versionText.Split('\n')[0]}",
                packages.Install($"--reinstall {name}"));
        string full = versionText.Split('\n').FirstOrDefault(static l => l.StartsWith("commit:", StringComparison.Ordinal))?[7..].Trim()
            ?? "";
        bool packaged = full.Contains('+', StringComparison.Ordinal) || full.Contains("deb", StringComparison.Ordinal);
        RuntimeAdvisory[] holes = [.. RuntimeAdvisory.Of(name, version)];
        if (holes.Length == 0)
            return new Check(Area, name, CheckStatus.Ok, $"{path} {version}, nothing known against it");
        string patched = packaged && packages.Changelog is { } changelog
            ? $"; your distribution ({full}) may have mended some: {changelog} {name}" : "";
        return new Check(
            Area,
            name,
            holes.Any(static h => h.Concerns) ? CheckStatus.Weaker : CheckStatus.Ok,
            $"{path} {version} is older than the fixes of {string.Join("; ", holes.Select(static h => $"{h.Id} ({h.Summary})"))}{patched}",
            packages.Upgrade(name));
    }

    private static string? Find(HostFiles files, string name)
    {
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(s_places).Where(static d => d.StartsWith('/')).Select(d => Path.Combine(d, name)).FirstOrDefault(files.Exists);
    }

    private static async Task<string> VersionOfAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var pipe = new Pipe();
            using ChildProcess child = ChildProcess.Start(
                new ChildStart { Path = path, Arguments = [path, "--version"], Descriptors = [null, pipe.Writer, null] });
            pipe.Writer.Dispose();
            var text = new MemoryStream();
            byte[] buffer = new byte[4096];
            int got;
            while (text.Length < 65_536 && (got = await pipe.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                text.Write(buffer, 0, got);
            _ = await child.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(text.ToArray());
        }
        catch (LinuxException e)
        {
            return e.Message;
        }
    }
}
