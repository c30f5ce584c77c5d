using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Egress.Presets;

public sealed class PresetResolverTests
{
    [Fact]
    public void Resolve_WithoutConfiguration_IsTheDomainOverTls()
    {
        foreach (EgressPreset preset in EgressPresets.All)
        {
            PresetResolution resolution = EgressPresets.Resolve(preset, new TypicalHost());
            Assert.Equal(PresetResolver.Own(preset), resolution.Hosts);
            Assert.Empty(resolution.Notices);
            Assert.All(resolution.Hosts, host => Assert.True(host.Origin is null && host.Port == (host.Protocol == EgressProtocol.Tls ? 443 : 80)));
            Assert.All(resolution.Hosts, host => Assert.Equal(HostNameFault.None, HostName.Normalize(host.Host.Replace("*.", "", StringComparison.Ordinal), out _)));
        }
    }

    [Fact]
    public void All_Presets_AreSortedByNameAndHaveAReaderWhereTheyHaveFiles()
    {
        Assert.Equal(EgressPresets.Names.Order(StringComparer.Ordinal), EgressPresets.Names, StringComparer.Ordinal);
        Assert.All(EgressPresets.All, preset => Assert.Equal(preset.Files.Count > 0, preset.Reader is not null));
        Assert.All(EgressPresets.All.SelectMany(preset => preset.Files), file => Assert.True(file[0] is '/' or '~', file));
    }

    /// <summary>Preset, file, its text, hosts found there (`host:port`, `!` before one without TLS), and whether the preset's own stay.</summary>
    public static TheoryData<string, string, string, string, bool> Files { get; } = new()
    {
        { "pypi", "~/.config/pip/pip.conf", "[global]\nindex-url = https://mirror.example.org/simple\n", "mirror.example.org:443", false },
        { "pypi", "/etc/pip.conf", "[global]\nindex_url: https://mirror.example.org:8443/simple", "mirror.example.org:8443", false },
        { "pypi", "/etc/pip.conf", "[global]\nextra-index-url =\n    https://a.example.org/simple\n    https://b.example.org/simple\ntimeout = 5\n", "a.example.org:443 b.example.org:443", true },
        { "pypi", "/etc/pip.conf", "# index-url = https://no.example.org\n; x\n[global]\ntimeout = 5", "", true },
        { "pypi", "/etc/pip.conf", "[global]\nindex-url = https://x.pythonhosted.org/simple", "", true },
        { "npm", "~/.npmrc", "registry=https://npm.example.org/repository/\n", "npm.example.org:443", false },
        { "npm", "~/.npmrc", "; c\n@corp:registry = \"https://npm.example.org\"\n//npm.example.org/:_authToken=abc", "npm.example.org:443", true },
        { "npm", "/etc/npmrc", "registry=https://x.npmjs.org/", "", true },
        { "nuget", "~/.nuget/NuGet/NuGet.Config", "<configuration><packageSources><clear/><add key='a' value='https://nuget.example.org/v3/index.json'/><add key='b' value='https://off.example.org'/><add key='d' value='/srv/packages'/></packageSources><disabledPackageSources><add key='B' value='true'/></disabledPackageSources></configuration>", "nuget.example.org:443", false },
        { "nuget", "~/.nuget/NuGet/NuGet.Config", "\ufeff<configuration><packageSources><add key='a' value='https://www.nuget.org/api'/></packageSources></configuration>", "", true },
        { "crates", "~/.cargo/config.toml", "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+https://crates.example.org/index/\"\n", "crates.example.org:443", false },
        { "crates", "~/.cargo/config.toml", "[registries]\ncorp = { index = \"https://crates.example.org/git\" }\n# index = \"https://no.example.org\"", "crates.example.org:443", true },
        { "go", "~/.config/go/env", "GOPROXY=https://go.example.org,direct\nGOSUMDB=off\n", "go.example.org:443", false },
        { "go", "~/.config/go/env", "GOPROXY=https://go.example.org|https://two.example.org\n", "go.example.org:443 two.example.org:443", true },
        { "go", "~/.config/go/env", "GOFLAGS=-mod=mod\n", "", true },
        { "maven", "~/.m2/settings.xml", "<settings xmlns='x'><mirrors><mirror><mirrorOf>*</mirrorOf><url>https://maven.example.org/all</url></mirror></mirrors></settings>", "maven.example.org:443", false },
        { "maven", "~/.m2/settings.xml", "<settings><mirrors><mirror><mirrorOf>other</mirrorOf><url>https://maven.example.org/all</url></mirror><mirror><mirrorOf>external:http:*</mirrorOf><url>http://0.0.0.0/</url><blocked>true</blocked></mirror></mirrors></settings>", "maven.example.org:443", true },
        { "rubygems", "~/.gemrc", ":backtrace: false\n:sources:\n- https://gems.example.org/\n", "gems.example.org:443", false },
        { "rubygems", "~/.bundle/config", "---\nBUNDLE_MIRROR__HTTPS://X/: \"https://gems.example.org/\"\nBUNDLE_JOBS: \"4\"", "gems.example.org:443", false },
        { "debian", "/etc/apt/sources.list", "deb http://mirror.example.org/debian trixie main\ndeb-src [signed-by=/x] https://mirror.example.org/debian trixie main\n# deb http://no.example.org x", "!mirror.example.org:80 mirror.example.org:443", false },
        { "debian", "/etc/apt/sources.list.d/x.sources", "Types: deb\nURIs: http://a.example.org/debian\n  http://b.example.org/debian\nSuites: x\n\nEnabled: no\nURIs: http://c.example.org\n", "!a.example.org:80 !b.example.org:80", false },
        { "debian", "/etc/apt/sources.list.d/x.list.save", "deb http://no.example.org x", "", true },
        { "debian", "/etc/apt/sources.list", "deb cdrom:[x]/ trixie main\ndeb file:/srv/debs x/\ndeb mirror+file:/etc/apt/mirrors/x trixie main", "", true },
        { "ubuntu", "/etc/apt/sources.list", "deb http://x.debian.org/debian trixie main", "", true },
        { "debian", "/etc/apt/sources.list", "deb http://x.debian.org/debian trixie main", "", true },
        { "alpine", "/etc/apk/repositories", "@edge https://alpine.example.org/edge\n#http://no.example.org\n/srv/local", "alpine.example.org:443", false },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Resolve_ConfigurationOfTheUserOrSystem_IsFollowed(string name, string file, string text, string found, bool keepsOwn)
    {
        var host = new FakeHost();
        string path = file.Replace("~", "/home/alice", StringComparison.Ordinal);
        host.Texts[path] = text;
        EgressPreset preset = EgressPresets.Find(name)!;
        PresetResolution resolution = EgressPresets.Resolve(preset, host);
        Assert.Equal(found, string.Join(' ', resolution.Hosts.Where(item => item.Origin is not null)
            .Select(item => $"{(item.Protocol == EgressProtocol.Http ? "!" : "")}{item.Host}:{item.Port}")));
        Assert.All(resolution.Hosts.Where(item => item.Origin is not null), item => Assert.Equal(path, item.Origin));
        Assert.Equal(keepsOwn ? PresetResolver.Own(preset) : [], resolution.Hosts.Where(item => item.Origin is null));
        Assert.Empty(resolution.Notices);
    }

    /// <summary>Text of pip.conf, and the code of what is said about it.</summary>
    [Theory]
    [InlineData("http://mirror.example.org/simple", "preset-http", "mirror.example.org:80")]
    [InlineData("https://mirror.corp/simple", "preset-internal", "mirror.corp:443")]
    [InlineData("https://mirror/simple", "preset-internal", "mirror:443")]
    [InlineData("https://user:hush@mirror.example.org/simple", "preset-credentials", "mirror.example.org:443")]
    [InlineData("https://10.0.0.5/simple", "preset-skipped", "")]
    [InlineData("https://[::1]/simple", "preset-skipped", "")]
    [InlineData("http://localhost:3141/simple", "preset-skipped", "")]
    [InlineData("https://metadata.google.internal/", "preset-skipped", "")]
    [InlineData("https://${MIRROR}/simple", "preset-skipped", "")]
    public void Resolve_PlaceThatIsLessThanUsual_IsSaidAndNotMadeUpFor(string url, string code, string found)
    {
        var host = new FakeHost { Texts = { ["/etc/pip.conf"] = $"[global]\nindex-url = {url}" } };
        PresetResolution resolution = EgressPresets.Resolve(EgressPresets.Find("pypi")!, host);
        PresetNotice notice = Assert.Single(resolution.Notices);
        Assert.Equal(code, notice.Code);
        Assert.DoesNotContain("hush", notice.Message + notice.Hint, StringComparison.Ordinal);
        Assert.Equal(found, string.Join(' ', resolution.Hosts.Where(item => item.Origin is not null).Select(item => $"{item.Host}:{item.Port}")));
    }

    [Theory]
    [InlineData("<configuration><packageSources>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><configuration/>")]
    public void Resolve_FileThatCannotBeRead_IsSaidAndTheDomainStays(string text)
    {
        var host = new FakeHost { Texts = { ["/home/alice/.nuget/NuGet/NuGet.Config"] = text } };
        PresetResolution resolution = EgressPresets.Resolve(EgressPresets.Find("nuget")!, host);
        Assert.Equal("preset-unreadable", Assert.Single(resolution.Notices).Code);
        Assert.Equal(PresetResolver.Own(resolution.Preset), resolution.Hosts);
    }

    [Fact]
    public void Resolve_WorkingDirectory_IsNeverLookedAt()
    {
        var host = new FakeHost { Texts = { ["/home/alice/project/.npmrc"] = "registry=https://evil.example.org", ["/home/alice/project/pip.conf"] = "[global]\nindex-url=https://evil.example.org" } };
        Assert.All(EgressPresets.All, preset => Assert.DoesNotContain(EgressPresets.Resolve(preset, host).Hosts, found => found.Origin is not null));
    }

    [Fact]
    public void Resolve_AnyText_DoesNotThrowAndNamesOnlyProperHosts()
    {
        var random = new Random(7);
        string[] pieces = ["registry", "=", "index-url", ":", "\n", " ", "https://", "http://", "a.example.org", "[", "]", "<", ">", "mirror", "url", "\"", "'", "- ", "deb ", "URIs:", "\0", "@", "*.", "+", "..", "\u00fc", "10.0.0.1", ":99999", "${X}", "%00"];
        foreach (EgressPreset preset in EgressPresets.All.Where(preset => preset.Files.Count > 0))
        {
            for (int round = 0; round < 500; round++)
            {
                var host = new FakeHost();
                string file = preset.Files[0].Replace("~", "/home/alice", StringComparison.Ordinal);
                host.Texts[file] = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)]));
                Assert.All(EgressPresets.Resolve(preset, host).Hosts.Where(found => found.Origin is not null),
                    found => Assert.True(HostName.IsNormal(found.Host) && found.Port != 0, found.Host));
            }
        }
    }

    [Fact]
    public void ReadText_OfTheHost_TakesRegularFilesInBoundsAlone()
    {
        using var directory = new TemporaryDirectory();
        var host = new LinuxHostFacts();
        Assert.Equal("x=1", host.ReadText(directory.MakeFile("a", "x=1"), 100));
        Assert.Equal("x=1", host.ReadText(directory.MakeLink("l", Path.Combine(directory.Root, "a")), 100));
        Assert.Null(host.ReadText(directory.MakeFile("b", new string('x', 101)), 100));
        Assert.Null(host.ReadText(directory.MakeFifo("f"), 100));
        Assert.Null(host.ReadText(directory.Root, 100));
        Assert.Null(host.ReadText(Path.Combine(directory.Root, "none"), 100));
        File.WriteAllBytes(Path.Combine(directory.Root, "n"), [0xff, 0xfe]);
        Assert.Null(host.ReadText(Path.Combine(directory.Root, "n"), 100));
    }
}
