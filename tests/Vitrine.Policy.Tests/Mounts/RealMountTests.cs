using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Mounts;

/// <summary>Mounts judged on the real file system of this machine (requirement B6).</summary>
public sealed class RealMountTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["HOME"] = "/root" };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Plan_PlainDirectory_GoesIn()
    {
        string data = _directory.MakeDirectory("data");
        MountPlan mount = Assert.Single(Plan(new MountSettings { Source = data, Target = "/data" }).Plan!.Mounts);
        Assert.Equal((data, "/data", true, false, false),
            (mount.Source, mount.Target, mount.ReadOnly, mount.Executable, mount.MapRootOwner));
    }

    [Fact]
    public void Plan_LinkToPlainDirectory_GoesInByItsRealPath()
    {
        string data = _directory.MakeDirectory("data");
        string link = _directory.MakeLink("link", "data");
        Assert.Equal(data, Assert.Single(Plan(new MountSettings { Source = link, Target = "/data" }).Plan!.Mounts).Source);
    }

    [Theory]
    [InlineData("/", "mount-system")]
    [InlineData("/proc", "mount-system")]
    [InlineData("/proc/self", "mount-system")]
    [InlineData("/sys", "mount-system")]
    [InlineData("/sys/fs/cgroup", "mount-system")]
    [InlineData("/dev", "mount-system")]
    [InlineData("/dev/null", "mount-system")]
    [InlineData("/dev/shm", "mount-system")]
    [InlineData("/run", "mount-system")]
    [InlineData("/var/run", "mount-system")]
    [InlineData("/boot", "mount-system")]
    [InlineData("/etc", "mount-system")]
    [InlineData("/var", "mount-system")]
    [InlineData("/etc/shadow", "mount-credentials")]
    [InlineData("/root", "mount-home")]
    [InlineData("/home", "mount-home")]
    [InlineData("/run/docker.sock", "mount-engine-socket")]
    [InlineData("/var/run/docker.sock", "mount-engine-socket")]
    [InlineData("/run/containerd/containerd.sock", "mount-engine-socket")]
    public void Plan_PathThatMayNotGoIn_IsRefusedDirectlyAndThroughLinks(string path, string code)
    {
        PolicyProblem direct = Policies.SingleError(Plan(new MountSettings { Source = path, Target = "/x" }));
        Assert.Equal(code, direct.Code);
        Assert.NotEmpty(direct.Hint);
        if (!Path.Exists(path)) return;

        string first = _directory.MakeLink("first", path);
        string second = _directory.MakeLink("second", first);
        PolicyProblem linked = Policies.SingleError(Plan(new MountSettings { Source = second, Target = "/x" }));
        Assert.Equal(path is "/dev/null" ? "mount-system" : code, linked.Code);
        Assert.Contains("it leads to", linked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_LinkInTheMiddleOfThePath_IsFollowed()
    {
        _directory.MakeLink("middle", "/proc");
        Assert.Equal("mount-system", Policies.SingleError(Plan(new MountSettings
        {
            Source = $"{_directory.Root}/middle/self",
            Target =
            "/x"
        })).Code);
    }

    [Fact]
    public void Plan_RelativeLinkThatClimbs_IsFollowed()
    {
        string link = _directory.MakeLink("climb", "../../../../../../../../etc");
        Assert.Equal("mount-system", Policies.SingleError(Plan(new MountSettings { Source = link, Target = "/x" })).Code);
    }

    [Fact]
    public void Plan_LinksInACircle_AreRefused()
    {
        string link = _directory.MakeLink("a", "b");
        _directory.MakeLink("b", "a");
        PolicyProblem problem = Policies.SingleError(Plan(new MountSettings { Source = link, Target = "/x" }));
        Assert.Equal("mount-missing", problem.Code);
        Assert.Contains("circle", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SocketFifoAndDevice_AreRefused()
    {
        Assert.Equal("mount-socket", Policies.SingleError(Plan(new MountSettings
        {
            Source = _directory.MakeSocket("s"),
            Target =
            "/x"
        })).Code);
        Assert.Equal("mount-fifo", Policies.SingleError(Plan(new MountSettings { Source = _directory.MakeFifo("f"), Target = "/x" })).Code);
        Assert.Single(Plan(new MountSettings { Source = _directory.MakeFile("r"), Target = "/x" }).Plan!.Mounts);
    }

    [Fact]
    public void Plan_DirectoryThatHoldsAnEngineSocket_IsRefused()
    {
        _directory.MakeDirectory("deep/er");
        _directory.MakeFile("plain/docker.sock");
        _directory.MakeSocket("deep/er/docker.sock");
        Assert.Equal("mount-engine-socket", Policies.SingleError(Plan(new MountSettings
        {
            Source = $"{_directory.Root}/deep",
            Target =
            "/x"
        })).Code);
        Assert.NotNull(Plan(new MountSettings { Source = $"{_directory.Root}/plain", Target = "/x" }).Plan);
    }

    [Fact]
    public void Plan_SocketThatTheEnvironmentNames_IsRefused()
    {
        string socket = _directory.MakeSocket("engine");
        var mount = new MountSettings { Source = _directory.Root, Target = "/x" };
        Assert.NotNull(Plan(mount).Plan);
        _environment["DOCKER_HOST"] = $"unix://{socket}";
        Assert.Equal("mount-engine-socket", Policies.SingleError(Plan(mount)).Code);
        Assert.Equal("mount-engine-socket", Policies.SingleError(Plan(mount with { Source = socket })).Code);
    }

    [Fact]
    public void Plan_HomeWithStores_RefusesItAndThemAndParentsButNotProjects()
    {
        string home = _directory.MakeDirectory("people/carol");
        _environment["HOME"] = home;
        _directory.MakeFile("people/carol/.ssh/id_ed25519");
        _directory.MakeFile("people/carol/.config/gcloud/credentials.db");
        _directory.MakeFile("people/carol/.config/editor/settings");
        _directory.MakeFile("people/carol/.netrc");
        string project = _directory.MakeDirectory("people/carol/project");
        Assert.Equal("mount-home", Code(home));
        Assert.Equal("mount-home", Code($"{_directory.Root}/people"));
        Assert.Equal("mount-credentials", Code($"{home}/.ssh"));
        Assert.Equal("mount-credentials", Code($"{home}/.ssh/id_ed25519"));
        Assert.Equal("mount-credentials", Code($"{home}/.netrc"));
        Assert.Equal("mount-credentials", Code($"{home}/.config"));
        Assert.Equal("mount-credentials", Code($"{home}/.config/gcloud"));
        Assert.Equal("", Code($"{home}/.config/editor"));
        Assert.Equal("", Code(project));
    }

    [Fact]
    public void Plan_LinkedCredentialStore_IsRefusedWhereItReallyIs()
    {
        string home = _directory.MakeDirectory("people/dave");
        _environment["HOME"] = home;
        _directory.MakeFile("vault/keys/id_rsa");
        string keys = Path.Combine(_directory.Root, "vault/keys");
        Assert.Equal("", Code(keys));
        _directory.MakeLink("people/dave/.ssh", keys);
        Assert.Equal("mount-credentials", Code(keys));
        Assert.Equal("mount-credentials", Code($"{_directory.Root}/vault"));
    }

    [Fact]
    public void Plan_OurOwnState_IsRefusedWithWhatIsAboveAndBelow()
    {
        string state = _directory.MakeDirectory("state/vitrine");
        Assert.Equal("", Code(state));
        _environment["VITRINE_STATE_DIR"] = state;
        Assert.Equal("mount-state", Code(state));
        Assert.Equal("mount-state", Code($"{_directory.Root}/state"));
        Assert.Equal("mount-state", Code(_directory.MakeDirectory("state/vitrine/sandboxes")));
        Assert.Equal("", Code(_directory.MakeDirectory("state/other")));
    }

    [Fact]
    public void Plan_WritableMountOfRoot_NeedsOwnerRoot()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to make directories of two owners");
        string mine = _directory.MakeDirectory("root");
        string theirs = _directory.MakeDirectory("user");
        TemporaryDirectory.Run("chown", "537919488:1000", theirs);
        var mount = new MountSettings { Source = mine, Target = "/x", Access = MountAccess.ReadWrite };
        Assert.Equal("mount-owner-root", Policies.SingleError(Plan(mount)).Code);
        Assert.True(Assert.Single(Plan(mount with { OwnerRoot = true }).Plan!.Mounts).MapRootOwner);
        Assert.False(Assert.Single(Plan(mount with { Source = theirs }).Plan!.Mounts).MapRootOwner);
    }

    private string Code(string path)
    {
        PlanResult result = Plan(new MountSettings { Source = path, Target = "/x" });
        return result.Plan is null ? Policies.SingleError(result).Code : "";
    }

    private PlanResult Plan(MountSettings mount) =>
        SandboxPlanner.Plan(new PolicyDocument { Mounts = [mount] }, Policies.Operator, new LinuxHostFacts(_environment), FixedClock.Noon);
}
