using System.Globalization;
using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes;

namespace Vitrine.Conformance.Tests.Isolation;

/// <summary>The layers as a command inside and the host outside see them, not as the engine claims them.</summary>
public abstract class LayerTests<TEngine>(TEngine engine) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    [Fact]
    public async Task Status_OfACommand_ShowsNoPrivilegeAndTwoFilters()
    {
        await using Sandbox sandbox = await CreateAsync();
        Dictionary<string, string> status = Fields(await sandbox.OutputOfAsync("/bin/cat", "/proc/self/status"));
        foreach (string set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
            Assert.Equal("0000000000000000", status[set]);
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
        Assert.Equal("2", status["Seccomp_filters"]);
        Assert.Equal("1000 1000 1000 1000", status["Uid"]);
        Assert.Equal("1000 1000 1000 1000", status["Gid"]);
        Assert.Equal("", status["Groups"]);

        // The control: the same reading of this process on the host gives something else.
        Assert.NotEqual("1", Fields(await File.ReadAllTextAsync("/proc/self/status", TestContext.Current.CancellationToken))["NoNewPrivs"]);
    }

    [Fact]
    public async Task Uid_SeenFromTheHost_IsShiftedToARangeOfItsOwn()
    {
        TestMode.RequireRoot();
        await using Sandbox one = await CreateAsync();
        await using Sandbox two = await CreateAsync();
        uint first = await HostUidOfCommandAsync(one);
        uint second = await HostUidOfCommandAsync(two);
        Assert.True(first >= 0x20000000, $"uid {first} is below the ranges");
        Assert.True(second >= 0x20000000, $"uid {second} is below the ranges");
        Assert.Equal(1000u, first & 0xFFFF);
        Assert.NotEqual(first & 0xFFFF0000, second & 0xFFFF0000);
    }

    [Fact]
    public async Task UserRoot_SeenFromTheHost_IsNobody()
    {
        TestMode.RequireRoot();
        await using Sandbox sandbox = await CreateAsync("user: root");
        Assert.Equal("0\n", await sandbox.OutputOfAsync("/usr/bin/id", "-u"));
        uint uid = await HostUidOfCommandAsync(sandbox);
        Assert.True(uid >= 0x20000000 && (uid & 0xFFFF) == 0, $"root inside is {uid} on the host");
    }

    [Fact]
    public async Task Root_OfTheDefaultPolicy_TakesNoWrites()
    {
        await using Sandbox sandbox = await CreateAsync("user: root");
        string script = """
            import errno, os
            for place in ("/", "/usr", "/usr/bin", "/etc", "/usr/lib", "/dev", "/proc", "/sys", "/.vitrine"):
                try:
                    os.close(os.open(place + "/vitrine-test", os.O_CREAT | os.O_WRONLY))
                    print("WRITTEN", place)
                except OSError as e:
                    print(errno.errorcode[e.errno], place)
            for place in ("/workspace", "/tmp", "/dev/shm", os.environ["HOME"]):
                os.close(os.open(place + "/vitrine-test", os.O_CREAT | os.O_WRONLY))
                print("ok", place)
            """;
        InsideResult result = await sandbox.PythonAsync(script);
        Assert.True(result.Outcome.ExitCode == 0, result.ToString());
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Count(l => l.StartsWith("ok ", StringComparison.Ordinal)));
        string[] refusals = ["EROFS", "EACCES", "EPERM", "ENOENT"];
        Assert.Empty(lines.Where(l => !l.StartsWith("ok ", StringComparison.Ordinal)).Where(l => !refusals.Contains(l.Split(' ')[0], StringComparer.Ordinal)));
    }

    [Fact]
    public async Task WritablePlaces_OfTheDefaultPolicy_CarryTheirFlags()
    {
        await using Sandbox sandbox = await CreateAsync();
        string table = await sandbox.OutputOfAsync("/bin/cat", "/proc/self/mountinfo");
        string[][] mounts = [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' '))];
        string[] Options(string place) => mounts.Last(m => m[4] == place)[5].Split(',');
        foreach (string place in (string[])["/tmp", "/dev/shm", "/workspace", "/home/user"])
        {
            Assert.Contains("nosuid", Options(place));
            Assert.Contains("nodev", Options(place));
        }

        Assert.Contains("noexec", Options("/tmp"));
        Assert.Contains("noexec", Options("/dev/shm"));
        Assert.DoesNotContain("noexec", Options("/workspace"));
        Assert.Contains("ro", Options("/"));
    }

    [Fact]
    public async Task Namespaces_Inside_AreAllOthersThanTheHosts()
    {
        await using Sandbox sandbox = await CreateAsync();
        string inside = await sandbox.OutputOfAsync("/bin/sh", "-c", "for n in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$n; done");
        string[] names = inside.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, names.Length);
        foreach (string name in names)
            Assert.NotEqual(name, File.ResolveLinkTarget("/proc/self/ns/" + name.Split(':')[0], returnFinalTarget: false)!.Name);
    }

    [Fact]
    public async Task Network_Inside_IsLoopbackAlone_AndItWorks()
    {
        await using Sandbox sandbox = await CreateAsync();
        InsideResult result = await sandbox.PythonAsync("""
            import socket
            print(sorted(name for _, name in socket.if_nameindex()))
            server = socket.create_server(("127.0.0.1", 8080))
            client = socket.create_connection(("127.0.0.1", 8080))
            peer, _ = server.accept()
            client.sendall(b"hello")
            print(peer.recv(5).decode())
            """);
        Assert.Equal("['lo']\nhello\n", result.Output);
    }

    [Fact]
    public async Task EnforcementReport_OfTheDefaultPolicy_SaysWhatIsSeen()
    {
        TestMode.RequireRoot();
        await using Sandbox sandbox = await CreateAsync();
        Layer[] always =
        [
            Layer.UserNamespace, Layer.Namespaces, Layer.Capabilities, Layer.NoNewPrivileges, Layer.Seccomp, Layer.ReadOnlyRoot, Layer.MaskedPaths,
            Layer.NetworkNone, Layer.MemoryLimit, Layer.PidsLimit, Layer.DiskLimit, Layer.ResourceLimits, Layer.Deadlines,
        ];
        Dictionary<Layer, LayerReport> reports = sandbox.Enforcement.Layers.ToDictionary(r => r.Layer);
        Assert.Equal(Enum.GetValues<Layer>().Order(), reports.Keys.Order());
        Assert.Empty(always.Where(l => reports[l].Status != LayerStatus.Enforced).Select(l => reports[l].ToString()));
        Assert.All(reports.Values, r => Assert.NotEqual("", r.Detail));
    }

    [Fact]
    public async Task Neighbours_OfOneEngine_DoNotSeeEachOther()
    {
        await using Sandbox one = await CreateAsync();
        await using Sandbox two = await CreateAsync();
        await using SandboxCommand sleeper = await one.StartAsync(new CommandSpec { Arguments = ["/bin/sleep", "60"] }, TestContext.Current.CancellationToken);
        await one.OutputOfAsync("/bin/sh", "-c", "echo mine > /workspace/note; echo mine > /tmp/note; echo mine > /dev/shm/note");
        string seen = await two.OutputOfAsync("/bin/sh", "-c", "ls /workspace /tmp /dev/shm | grep note; cat /proc/[0-9]*/comm | grep sleep; echo end");
        Assert.Equal("end\n", seen);

        // The control: where it belongs, all of it is seen.
        string own = await one.OutputOfAsync("/bin/sh", "-c", "ls /workspace /tmp /dev/shm | grep -c note; cat /proc/[0-9]*/comm | grep -c sleep");
        Assert.Equal("3\n1\n", own);
        await sleeper.KillAsync(TestContext.Current.CancellationToken);
        await sleeper.Completion;
    }

    private static Dictionary<string, string> Fields(string status) => status.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1].Trim().Replace('\t', ' '), StringComparer.Ordinal);

    /// <summary>The host's own view of a command's uid: the process in the sandbox's control group that runs sleep.</summary>
    private async Task<uint> HostUidOfCommandAsync(Sandbox sandbox)
    {
        await using SandboxCommand command = await sandbox.StartAsync(new CommandSpec { Arguments = ["/bin/sleep", "60"] }, TestContext.Current.CancellationToken);
        string ns = File.ResolveLinkTarget($"/proc/{sandbox.GuestPid}/ns/pid", returnFinalTarget: false)!.Name;
        int pid = ControlGroups.Processes(engine.Space.Name).Single(p =>
            File.ResolveLinkTarget($"/proc/{p}/ns/pid", returnFinalTarget: false)?.Name == ns && File.ReadAllText($"/proc/{p}/comm") == "sleep\n");
        string uid = Fields(await File.ReadAllTextAsync($"/proc/{pid}/status", TestContext.Current.CancellationToken))["Uid"].Split(' ')[0];
        await command.KillAsync(TestContext.Current.CancellationToken);
        await command.Completion;
        return uint.Parse(uid, CultureInfo.InvariantCulture);
    }

    private async Task<Sandbox> CreateAsync(string policy = "") =>
        await (await engine.OpenAsync()).CreateAsync(Plans.Of(policy), TestContext.Current.CancellationToken);
}

public sealed class CrunLayerTests(CrunEngine engine) : LayerTests<CrunEngine>(engine);

public sealed class RuncLayerTests(RuncEngine engine) : LayerTests<RuncEngine>(engine);
