namespace Vitrine.Cli.Commands.Doctor;

/// <summary>How this host installs software, for commands that mend (os-release(5)).</summary>
internal sealed class HostPackages
{
    private readonly string _install;
    private readonly string _upgrade;

    private HostPackages(string install, string upgrade, string? changelog) =>
        (_install, _upgrade, Changelog) = (install, upgrade, changelog);

    /// <summary>The command that shows a package's changes, in front of its name; null where there is none.</summary>
    public string? Changelog { get; }

    /// <summary>Reads what the host is.</summary>
    public static HostPackages Of(HostFiles files)
    {
        string ids = string.Join(' ', files.Lines("/etc/os-release").Concat(files.Lines("/usr/lib/os-release"))
            .Where(static l => l.StartsWith("ID=", StringComparison.Ordinal) || l.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            .Select(static l => l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim('"')));
        return ids switch
        {
            _ when Has(ids, "debian")
                || Has(ids, "ubuntu") => new("apt-get install", "apt-get install --only-upgrade", "apt-get changelog"),
            _ when Has(ids, "fedora") || Has(ids, "rhel") => new("dnf install", "dnf upgrade", "dnf changelog"),
            _ when Has(ids, "alpine") => new("apk add", "apk add --upgrade", null),
            _ when Has(ids, "arch") => new("pacman -S", "pacman -S", null),
            _ when Has(ids, "suse") => new("zypper install", "zypper update", null),
            _ => new("install", "upgrade", null),
        };
    }

    /// <summary>The command that installs a package.</summary>
    public string Install(string package) => $"{_install} {package}";

    /// <summary>The command that brings a package up to date.</summary>
    public string Upgrade(string package) => $"{_upgrade} {package}";

    private static bool Has(string ids, string id) => ids.Contains(id, StringComparison.Ordinal);
}
