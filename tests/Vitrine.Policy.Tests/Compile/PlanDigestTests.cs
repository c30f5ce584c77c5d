using Vitrine.Policy.Compile;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Compile;

public sealed class PlanDigestTests
{
    private const string Text =
        "mounts: [{source: /srv/a, target: /a, mask: [x]}]\nenvironment: {set: {A: b, MY_TOKEN: hush}}\nlayers: {require: [landlock]}";

    [Fact]
    public void Of_SamePolicy_IsTheSameAndLowerCaseHex()
    {
        string digest = Policies.PlanOf(Text).Digest;
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Assert.Equal(digest, Policies.PlanOf(Text).Digest);
        Assert.Equal(digest, PlanDigest.Of(Policies.PlanOf(Text)));
        Assert.Equal(digest, Policies.PlanOf(Text + "\n# a comment\ntests: {deny: [{write: /usr}]}").Digest);
    }

    /// <summary>One change for each property of a plan and of the records in it.</summary>
    public static TheoryData<string, Func<SandboxPlan, SandboxPlan>> Changes { get; } = new()
    {
        { "PolicyName", plan => plan with { PolicyName = "x" } },
        { "Image", plan => plan with { Image = plan.Image with { Kind = ImageKind.Directory } } },
        { "Image.Path", plan => plan with { Image = plan.Image with { Path = "/x" } } },
        { "User", plan => plan with { User = plan.User with { Name = "x" } } },
        { "User.Uid", plan => plan with { User = plan.User with { Uid = 1 } } },
        { "User.Gid", plan => plan with { User = plan.User with { Gid = 1 } } },
        { "User.Capabilities", plan => plan with { User = plan.User with { Capabilities = 1UL << 40 } } },
        { "Root", plan => plan with { Root = plan.Root with { Writable = true } } },
        { "Root.SizeBytes", plan => plan with { Root = plan.Root with { SizeBytes = 1 } } },
        { "Root.MaxInodes", plan => plan with { Root = plan.Root with { MaxInodes = 1 } } },
        { "Mounts", plan => plan with { Mounts = [] } },
        { "Mounts.Source", plan => plan with { Mounts = [plan.Mounts[0] with { Source = "/x" }] } },
        { "Mounts.Target", plan => plan with { Mounts = [plan.Mounts[0] with { Target = "/x" }] } },
        { "Mounts.ReadOnly", plan => plan with { Mounts = [plan.Mounts[0] with { ReadOnly = false }] } },
        { "Mounts.Executable", plan => plan with { Mounts = [plan.Mounts[0] with { Executable = true }] } },
        { "Mounts.MapRootOwner", plan => plan with { Mounts = [plan.Mounts[0] with { MapRootOwner = true }] } },
        { "Mounts.Masks", plan => plan with { Mounts = [plan.Mounts[0] with { Masks = [] }] } },
        { "Tmpfs", plan => plan with { Tmpfs = [.. plan.Tmpfs.Skip(1)] } },
        { "Tmpfs.Target", plan => Tmpfs(plan, place => place with { Target = "/x" }) },
        { "Tmpfs.SizeBytes", plan => Tmpfs(plan, place => place with { SizeBytes = 1 }) },
        { "Tmpfs.MaxInodes", plan => Tmpfs(plan, place => place with { MaxInodes = 1 }) },
        { "Tmpfs.Mode", plan => Tmpfs(plan, place => place with { Mode = 1 }) },
        { "Tmpfs.Executable", plan => Tmpfs(plan, place => place with { Executable = !place.Executable }) },
        { "Tmpfs.OwnedByUser", plan => Tmpfs(plan, place => place with { OwnedByUser = !place.OwnedByUser }) },
        { "Limits", plan => plan with { Limits = plan.Limits with { MemoryBytes = 1 } } },
        { "Limits.CpuMillis", plan => plan with { Limits = plan.Limits with { CpuMillis = 1 } } },
        { "Limits.Pids", plan => plan with { Limits = plan.Limits with { Pids = 1 } } },
        { "Limits.OpenFiles", plan => plan with { Limits = plan.Limits with { OpenFiles = 1 } } },
        { "Limits.OutputBytes", plan => plan with { Limits = plan.Limits with { OutputBytes = 1 } } },
        { "Limits.WallClock", plan => plan with { Limits = plan.Limits with { WallClock = TimeSpan.FromSeconds(1) } } },
        { "Limits.Idle", plan => plan with { Limits = plan.Limits with { Idle = TimeSpan.FromSeconds(1) } } },
        { "Limits.BestEffort", plan => plan with { Limits = plan.Limits with { BestEffort = new HashSet<string>(["pids"], StringComparer.Ordinal) } } },
        { "Seccomp", plan => plan with { Seccomp = plan.Seccomp with { Outer = new byte[8] } } },
        { "Seccomp.OuterJson", plan => plan with { Seccomp = plan.Seccomp with { OuterJson = "{}" } } },
        { "Seccomp.Command", plan => plan with { Seccomp = plan.Seccomp with { Command = new byte[8] } } },
        { "Landlock", plan => plan with { Landlock = [] } },
        { "Landlock.Path", plan => plan with { Landlock = [plan.Landlock[0] with { Path = "/x" }, .. plan.Landlock.Skip(1)] } },
        { "Landlock.Access", plan => plan with { Landlock = [plan.Landlock[0] with { Access = 0 }, .. plan.Landlock.Skip(1)] } },
        { "Environment", plan => plan with { Environment = new Dictionary<string, string>(plan.Environment, StringComparer.Ordinal) { ["MY_TOKEN"] = "other" } } },
        { "WorkingDirectory", plan => plan with { WorkingDirectory = "/x" } },
        { "Hostname", plan => plan with { Hostname = "x" } },
        { "Egress", plan => plan with { Egress = null } },
        { "Egress.Allow", plan => Egress(plan, egress => egress with { Allow = [] }) },
        { "Egress.Deny", plan => Egress(plan, egress => egress with { Deny = egress.Allow }) },
        { "Egress.Secrets", plan => Egress(plan, egress => egress with { Secrets = [] }) },
        { "Egress.Resolvers", plan => Egress(plan, egress => egress with { Resolvers = ["10.0.0.1:53"] }) },
        { "Egress.Authorities", plan => Egress(plan, egress => egress with { Authorities = ["/x"] }) },
        { "Egress.UpstreamProxy", plan => Egress(plan, egress => egress with { UpstreamProxy = "http://x:1" }) },
        { "Egress.NamesPerWildcard", plan => Egress(plan, egress => egress with { NamesPerWildcard = 1 }) },
        { "Egress.Connections", plan => Egress(plan, egress => egress with { Connections = 1 }) },
        { "Egress.Rule.Id", plan => Rule(plan, rule => rule with { Id = "x" }) },
        { "Egress.Rule.Host", plan => Rule(plan, rule => rule with { Host = "x" }) },
        { "Egress.Rule.Ports", plan => Rule(plan, rule => rule with { Ports = [new PortRange(1, 2)] }) },
        { "Egress.Rule.Protocol", plan => Rule(plan, rule => rule with { Protocol = EgressProtocol.Tcp }) },
        { "Egress.Rule.Inspect", plan => Rule(plan, rule => rule with { Inspect = false }) },
        { "Egress.Rule.Methods", plan => Rule(plan, rule => rule with { Methods = ["GET"] }) },
        { "Egress.Rule.Paths", plan => Rule(plan, rule => rule with { Paths = ["/"] }) },
        { "Egress.Rule.Internal", plan => Rule(plan, rule => rule with { Internal = true }) },
        { "Egress.Rule.AllowEch", plan => Rule(plan, rule => rule with { AllowEch = true }) },
        { "Egress.Rule.Bytes", plan => Rule(plan, rule => rule with { Bytes = 1 }) },
        { "Egress.Rule.BytesPerSecond", plan => Rule(plan, rule => rule with { BytesPerSecond = 1 }) },
        { "Egress.Secret.Name", plan => Secret(plan, secret => secret with { Name = "X" }) },
        { "Egress.Secret.From", plan => Secret(plan, secret => secret with { From = secret.From with { Text = "X" } }) },
        { "Egress.Secret.From.Kind", plan => Secret(plan, secret => secret with { From = secret.From with { Kind = SecretSourceKind.File } }) },
        { "Egress.Secret.From.Command", plan => Secret(plan, secret => secret with { From = secret.From with { Command = ["x"] } }) },
        { "Egress.Secret.Hosts", plan => Secret(plan, secret => secret with { Hosts = [] }) },
        { "Egress.Secret.Headers", plan => Secret(plan, secret => secret with { Headers = [] }) },
        { "Egress.Secret.BodyFields", plan => Secret(plan, secret => secret with { BodyFields = ["x"] }) },
        { "RequiredLayers", plan => plan with { RequiredLayers = new HashSet<Layer>() } },
        { "DisabledLayers", plan => plan with { DisabledLayers = new HashSet<Layer> { Layer.Seccomp } } },
        { "DebugUntil", plan => plan with { DebugUntil = DateTimeOffset.UnixEpoch } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Of_AnyChange_IsAnother(string property, Func<SandboxPlan, SandboxPlan> change)
    {
        SandboxPlan plan = Policies.PlanOf(Text, host: new FakeHost { Names = new HostScan([new HostScanEntry("x", false)], true) });
        plan = plan with { Egress = s_egress };
        Assert.False(string.Equals(PlanDigest.Of(plan), PlanDigest.Of(change(plan)), StringComparison.Ordinal),
            $"the digest does not cover {property}");
    }

    /// <summary>Fails when a plan gets a property that no change above covers.</summary>
    [Fact]
    public void Changes_OfThisTest_CoverEveryProperty()
    {
        IEnumerable<string> covered = Changes.Select(row => row.Data.Item1.Split('.')[0]).Distinct(StringComparer.Ordinal);
        IEnumerable<string> properties = typeof(SandboxPlan).GetProperties().Select(property => property.Name)
            .Where(name => name is not "Digest");
        Assert.Equal(properties.Order(StringComparer.Ordinal), covered.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (Type type in (Type[])[typeof(ImagePlan), typeof(IdentityPlan), typeof(RootPlan), typeof(MountPlan), typeof(TmpfsPlan),
            typeof(LimitsPlan), typeof(SeccompPlan), typeof(LandlockPlan), typeof(EgressPlan), typeof(EgressRule), typeof(SecretPlan)])
            Assert.True(Changes.Count(row => type.GetProperties()
                .Any(property => row.Data.Item1.EndsWith("." + property.Name,
                StringComparison.Ordinal))) >= type.GetProperties().Length - 1, type.Name);
    }

    [Fact]
    public void ForPeople_SecretVariable_IsNotShown()
    {
        string json = PlanJson.ForPeople(Policies.PlanOf(Text));
        Assert.DoesNotContain("hush", json, StringComparison.Ordinal);
        Assert.Contains("\"A\": \"b\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_Plan_PrintsEveryArtefact()
    {
        PolicyDocument policy = Policies.Read(Text);
        CompiledPolicy compiled = PolicyCompiler.Compile(policy, Policies.PlanOf(Text));
        Assert.Contains("\"digest\"", compiled.PlanJson, StringComparison.Ordinal);
        Assert.Contains("SCMP_ACT_ERRNO", compiled.SeccompJson, StringComparison.Ordinal);
        Assert.Contains("SCMP_ACT_ALLOW", compiled.SeccompOuterJson, StringComparison.Ordinal);
        Assert.Contains("execute,read_file,read_dir /\n", compiled.Landlock, StringComparison.Ordinal);
        foreach (string json in (string[])[compiled.PlanJson, compiled.SeccompJson,
            compiled.SeccompOuterJson]) using (System.Text.Json.JsonDocument.Parse(json)) { }
    }

    private static readonly EgressPlan s_egress = new()
    {
        Allow = [new EgressRule { Id = "a", Host = "a.org", Ports = [new PortRange(443, 443)], Inspect = true }],
        Secrets = [new SecretPlan { Name = "K", From = new SecretSource(SecretSourceKind.Environment, "K", []), Hosts = ["a.org"] }],
    };

    private static SandboxPlan Egress(SandboxPlan plan, Func<EgressPlan, EgressPlan> change) => plan with { Egress = change(plan.Egress!) };

    private static SandboxPlan Rule(SandboxPlan plan, Func<EgressRule, EgressRule> change) =>
        Egress(plan, egress => egress with { Allow = [change(egress.Allow[0])] });

    private static SandboxPlan Secret(SandboxPlan plan, Func<SecretPlan, SecretPlan> change) =>
        Egress(plan, egress => egress with { Secrets = [change(egress.Secrets[0])] });

    private static SandboxPlan Tmpfs(SandboxPlan plan, Func<TmpfsPlan, TmpfsPlan> change) =>
        plan with { Tmpfs = [change(plan.Tmpfs[0]), .. plan.Tmpfs.Skip(1)] };
}
