using System.Text.Json;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Tests.Oci;

public sealed class OciConfigTests
{
    private static readonly HostLimits Full = new(Memory: true, Swap: true, Cpu: true, Pids: true, OpenFiles: 20_000, LowerScore: true);

    [Fact]
    public void Write_Guest_IsItsOwnUserWithFourCapabilities()
    {
        JsonElement process = Write(Plans.Default()).GetProperty("process");
        Assert.Equal(60000, process.GetProperty("user").GetProperty("uid").GetInt32());
        Assert.Equal(60000, process.GetProperty("user").GetProperty("gid").GetInt32());
        Assert.True(process.GetProperty("noNewPrivileges").GetBoolean());
        Assert.False(process.GetProperty("terminal").GetBoolean());
        foreach (JsonProperty set in process.GetProperty("capabilities").EnumerateObject())
            Assert.Equal("CAP_KILL CAP_SETGID CAP_SETPCAP CAP_SETUID", string.Join(' ', Strings(set.Value).Order(StringComparer.Ordinal)));
        Assert.Equal("/.vitrine/guest init", string.Join(' ', Strings(process.GetProperty("args"))));
    }

    [Fact]
    public void Write_Namespaces_AreAllSeven() => Assert.Equal(
        "cgroup ipc mount network pid user uts",
        string.Join(' ', Write(Plans.Default()).GetProperty("linux").GetProperty("namespaces").EnumerateArray().Select(static n => n.GetProperty("type").GetString()!).Order(StringComparer.Ordinal)));

    [Fact]
    public void Write_Mappings_AreTheRange()
    {
        JsonElement linux = Write(Plans.Default()).GetProperty("linux");
        foreach (string name in (string[])["uidMappings", "gidMappings"])
        {
            JsonElement mapping = Assert.Single(linux.GetProperty(name).EnumerateArray());
            Assert.Equal(0u, mapping.GetProperty("containerID").GetUInt32());
            Assert.Equal(0x20010000u, mapping.GetProperty("hostID").GetUInt32());
            Assert.Equal(65536u, mapping.GetProperty("size").GetUInt32());
        }
    }

    [Fact]
    public void Write_Limits_AreThePlans()
    {
        JsonElement resources = Write(Plans.Default()).GetProperty("linux").GetProperty("resources");
        Assert.Equal(256 << 20, resources.GetProperty("memory").GetProperty("limit").GetInt64());
        Assert.Equal(256 << 20, resources.GetProperty("memory").GetProperty("swap").GetInt64());
        Assert.Equal(100_000, resources.GetProperty("cpu").GetProperty("quota").GetInt64());
        Assert.Equal(64, resources.GetProperty("pids").GetProperty("limit").GetInt64());
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(10, 1000)]
    [InlineData(250, 25_000)]
    [InlineData(1000, 100_000)]
    [InlineData(2500, 250_000)]
    public void CpuQuota_OfThousandths_IsMicroseconds(int millis, long quota) => Assert.Equal(quota, OciConfig.CpuQuota(millis));

    [Fact]
    public void Write_HostWithoutSwapAccounting_AsksForNone()
    {
        JsonElement resources = Write(Plans.Default(), Full with { Swap = false, Cpu = false }).GetProperty("linux").GetProperty("resources");
        Assert.False(resources.GetProperty("memory").TryGetProperty("swap", out _));
        Assert.False(resources.TryGetProperty("cpu", out _));
    }

    [Fact]
    public void Write_CoreLimit_IsOneSoThatPipedHandlersDoNotRun() => Assert.Equal(1, Limit("RLIMIT_CORE", Full));

    [Fact]
    public void Write_OpenFiles_IsClampedToWhatThisProcessMayGive()
    {
        Assert.Equal(4096, Limit("RLIMIT_NOFILE", Full));
        Assert.Equal(512, Limit("RLIMIT_NOFILE", Full with { OpenFiles = 512 }));
    }

    [Fact]
    public void Write_FilterForCrun_IsTheAnnotationAlone()
    {
        SandboxPlan plan = Plans.Default() with { Seccomp = new SeccompPlan(new byte[] { 6, 0, 0, 0, 0, 0, 255, 127 }, """{"defaultAction":"SCMP_ACT_ALLOW"}""", default) };
        JsonElement config = Write(plan);
        JsonProperty annotation = Assert.Single(config.GetProperty("annotations").EnumerateObject());
        Assert.Equal("run.oci.seccomp_bpf_data", annotation.Name);
        Assert.Equal("BgAAAAAA/38=", annotation.Value.GetString());
        Assert.False(config.GetProperty("linux").TryGetProperty("seccomp", out _));
    }

    [Fact]
    public void Write_FilterForRunc_IsTheJsonAlone()
    {
        SandboxPlan plan = Plans.Default() with { Seccomp = new SeccompPlan(new byte[8], """{"defaultAction":"SCMP_ACT_ALLOW"}""", default) };
        JsonElement config = Write(plan, compiled: false);
        Assert.False(config.TryGetProperty("annotations", out _));
        Assert.Equal("SCMP_ACT_ALLOW", config.GetProperty("linux").GetProperty("seccomp").GetProperty("defaultAction").GetString());
    }

    [Fact]
    public void Write_TextOfTheUser_StaysText()
    {
        // A hostile name tries to break out of its string; it must come back as the same string and add no key.
        const string hostile = "x\",\"annotations\":{\"run.oci.hooks.stderr\":\"/tmp/x\"},\"y\":\"";
        JsonElement config = Write(Plans.Default() with { Hostname = hostile });
        Assert.Equal(hostile, config.GetProperty("hostname").GetString());
        Assert.False(config.TryGetProperty("annotations", out _));
        Assert.False(config.TryGetProperty("hooks", out _));
    }

    [Fact]
    public void Write_MaskedLayerOff_CoversNothing()
    {
        JsonElement linux = Write(Plans.Default() with { DisabledLayers = new HashSet<Layer> { Layer.MaskedPaths } }).GetProperty("linux");
        Assert.False(linux.TryGetProperty("maskedPaths", out _));
        Assert.True(Write(Plans.Default()).GetProperty("linux").TryGetProperty("maskedPaths", out _));
    }

    [Fact]
    public void Write_Mounts_NameNoPathOfThePlan()
    {
        // Mounts of the plan are made before the runtime is asked; its own list holds only kernel file systems and /dev.
        SandboxPlan plan = Plans.Default(new MountPlan("/srv/data", "/workspace/data", true, false, false, []));
        string[] targets = [.. Write(plan).GetProperty("mounts").EnumerateArray().Select(static m => m.GetProperty("destination").GetString()!)];
        Assert.Equal(["/proc", "/dev", "/dev/pts", "/dev/shm", "/sys"], targets);
    }

    private static long Limit(string type, HostLimits host) => Write(Plans.Default(), host).GetProperty("process").GetProperty("rlimits").EnumerateArray()
        .Single(l => l.GetProperty("type").GetString() == type).GetProperty("hard").GetInt64();

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(static e => e.GetString()!);

    private static JsonElement Write(SandboxPlan plan, HostLimits? host = null, bool compiled = true) => JsonDocument.Parse(OciConfig.Write(new OciConfigInput
    {
        Plan = plan,
        Ids = IdMap.Shifted(0x20010000, 65536),
        Stage = "/run/x/abc",
        Devices = "/run/x/devices",
        CgroupsPath = "/vitrine/abc",
        CompiledFilter = compiled,
        Host = host ?? Full,
    })).RootElement;
}
