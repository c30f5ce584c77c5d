namespace Vitrine.Policy.Egress;

/// <summary>
/// The presets. Those of registries follow the package manager's own configuration: that of the user and of the system, never one in a
/// working directory, which could come from anybody; the tool itself is never run. Their own hosts are domains rather than names, since the
/// indexes and downloads of one registry lie on several hosts that change. Code hosts leave out what only stores what is pushed (gists,
/// pages, packages of everybody), and SSH: `github.com:22` allows that.
/// </summary>
public static class EgressPresets
{
    private static readonly string[] s_aptFiles = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/*"];

    private static readonly EgressPreset[] s_all =
    [
        new("alpine", "Alpine packages (apk)", [new("*.alpinelinux.org")])
            { Files = ["/etc/apk/repositories"], Reader = SystemFiles.Apk, IsSigned = true },
        new("apt", "What apt's sources name (Debian, Ubuntu)", [new("*.debian.org"), new("*.ubuntu.com")])
            { Files = s_aptFiles, Reader = SystemFiles.Apt, IsSigned = true },
        new("bitbucket", "Bitbucket over HTTPS", [new("bitbucket.org"), new("api.bitbucket.org")]),
        new("crates", "Rust packages (cargo)", [new("*.crates.io", WithApex: true)])
            { Files = ["~/.cargo/config.toml", "~/.cargo/config"], Reader = LanguageFiles.Cargo },
        new("debian", "Debian packages (apt)", [new("*.debian.org")])
            { Files = s_aptFiles, Reader = SystemFiles.Apt, IsSigned = true, Foreign = ["*.ubuntu.com"] },
        new("github", "GitHub over HTTPS: repositories, API, releases",
        [
            new("github.com"), new("api.github.com"), new("codeload.github.com"), new("uploads.github.com"),
            new("raw.githubusercontent.com"),
            new("objects.githubusercontent.com"), new("release-assets.githubusercontent.com"), new("media.githubusercontent.com"),
        ]),
        new("gitlab", "GitLab over HTTPS: repositories, API", [new("gitlab.com")]),
        new("go", "Go modules", [new("*.golang.org")])
            { Files = ["~/.config/go/env", "/usr/local/go/go.env", "/usr/lib/go/go.env"], Reader = LanguageFiles.Go },
        new("huggingface", "Hugging Face: models and data sets", [new("*.huggingface.co", WithApex: true), new("*.hf.co", WithApex: true)]),
        new("maven", "Java packages (Maven, Gradle)", [new("*.maven.org"), new("*.maven.apache.org")])
            { Files = ["~/.m2/settings.xml", "/etc/maven/settings.xml"], Reader = XmlFiles.Maven },
        new("npm", "JavaScript packages (npm, yarn, pnpm)", [new("*.npmjs.org"), new("*.yarnpkg.com")])
            { Files = ["~/.npmrc", "/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc"], Reader = LanguageFiles.Npm },
        new("nuget", ".NET packages (NuGet)", [new("*.nuget.org", WithApex: true)])
            { Files = ["~/.nuget/NuGet/NuGet.Config", "~/.config/NuGet/NuGet.Config", "/etc/opt/NuGet/Config/*"], Reader = XmlFiles.NuGet },
        new("pypi", "Python packages (pip)", [new("*.pypi.org", WithApex: true), new("*.pythonhosted.org")])
            { Files = ["~/.config/pip/pip.conf", "~/.pip/pip.conf", "/etc/pip.conf", "/etc/xdg/pip/pip.conf"], Reader = LanguageFiles.Pip },
        new("rubygems", "Ruby packages (gem, bundler)", [new("*.rubygems.org", WithApex: true)])
            { Files = ["~/.gemrc", "/etc/gemrc", "~/.bundle/config"], Reader = LanguageFiles.Gem },
        new("ubuntu", "Ubuntu packages (apt)", [new("*.ubuntu.com")])
            { Files = s_aptFiles, Reader = SystemFiles.Apt, IsSigned = true, Foreign = ["*.debian.org"] },
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<EgressPreset> All => s_all;

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => s_all.Select(preset => preset.Name);

    /// <summary>The preset of a name; null when there is none.</summary>
    public static EgressPreset? Find(string name) =>
        Array.Find(s_all, preset => string.Equals(preset.Name, name, StringComparison.Ordinal));

    /// <summary>What a preset is on a host.</summary>
    public static PresetResolution Resolve(EgressPreset preset, IHostFacts host)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentNullException.ThrowIfNull(host);
        return PresetResolver.Resolve(preset, host);
    }
}
