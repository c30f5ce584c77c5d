using System.Text.Json.Nodes;

namespace Vitrine.Guest.Tests.Support;

/// <summary>An OCI bundle in a directory of its own, for crun.</summary>
internal sealed class Bundle : IDisposable
{
    private const int FirstHostId = 0x2f000000;
    private static int s_last;

    public Bundle(SandboxOptions options)
    {
        Id = $"vitrine-guest-tests-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}";
        Directory = Path.Combine(Path.GetTempPath(), Id);
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "rootfs"));
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "guest"));
        File.Copy(GuestBinary.Path, Path.Combine(Directory, "guest/guest"));
        File.SetUnixFileMode(Path.Combine(Directory, "guest/guest"), (UnixFileMode)0b101_101_101);
        MakeRoot(options.Root);
        File.WriteAllText(Path.Combine(Directory, "config.json"), Config(options).ToJsonString());
    }

    public string Id { get; }

    public string Directory { get; }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private void MakeRoot(RootKind kind)
    {
        string root = Path.Combine(Directory, "rootfs");
        foreach (string name in (string[])["proc", "dev", ".vitrine"])
            System.IO.Directory.CreateDirectory(Path.Combine(root, name));
        if (kind == RootKind.Empty)
            return;
        System.IO.Directory.CreateDirectory(Path.Combine(root, "tmp"));
        System.IO.Directory.CreateDirectory(Path.Combine(root, "small"));
        System.IO.Directory.CreateDirectory(Path.Combine(root, "etc"));
        File.WriteAllText(Path.Combine(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n");
        File.WriteAllText(Path.Combine(root, "etc/group"), "root:x:0:\nuser:x:1000:\n");
        if (kind == RootKind.Busybox)
        {
            if (!File.Exists("/bin/busybox"))
                Assert.Skip("NO STATIC BUSYBOX: apt-get install busybox-static");
            System.IO.Directory.CreateDirectory(Path.Combine(root, "bin"));
            File.Copy("/bin/busybox", Path.Combine(root, "bin/busybox"));
            File.CreateSymbolicLink(Path.Combine(root, "bin/sh"), "busybox");
            return;
        }

        System.IO.Directory.CreateDirectory(Path.Combine(root, "usr"));
        foreach (string name in (string[])["bin", "sbin", "lib", "lib64"])
            File.CreateSymbolicLink(Path.Combine(root, name), "usr/" + name);
    }

    private JsonObject Config(SandboxOptions options)
    {
        var mounts = new JsonArray(
            Mount("/proc", "proc", "proc"),
            Mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=65536k"),
            Mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
            Mount("/.vitrine", "bind", Path.Combine(Directory, "guest"), "bind", "ro"));
        if (options.Root != RootKind.Empty)
            mounts.Add((JsonNode)Mount("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777"));
        if (options.Root != RootKind.Empty)
            mounts.Add((JsonNode)Mount("/small", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777", "size=64k"));
        if (options.Root == RootKind.Debian)
            mounts.Add((JsonNode)Mount("/usr", "bind", "/usr", "bind", "ro"));
        uint uid = options.SwitchesUser ? 60000u : 1000u;
        string[] held = options.SwitchesUser ? ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"] : [];
        var linux = new JsonObject
        {
            ["namespaces"] = new JsonArray([.. new[] { "pid", "mount", "network", "ipc", "uts", "user" }.Select(n => (JsonNode)new JsonObject { ["type"] = n })]),
            ["uidMappings"] = Map(),
            ["gidMappings"] = Map(),
            ["cgroupsPath"] = "/" + Id,
            ["sysctl"] = new JsonObject { ["net.ipv4.ip_unprivileged_port_start"] = "0" },
        };
        if (options.Pids > 0)
            linux["resources"] = new JsonObject { ["pids"] = new JsonObject { ["limit"] = options.Pids } };
        return new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject { ["path"] = "rootfs", ["readonly"] = true },
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = uid, ["gid"] = uid },
                ["args"] = new JsonArray("/.vitrine/guest", "init"),
                ["env"] = new JsonArray("GUEST_SECRET=of-the-guest"),
                ["cwd"] = "/",
                ["noNewPrivileges"] = true,
                ["capabilities"] = new JsonObject
                {
                    ["bounding"] = Names(held),
                    ["effective"] = Names(held),
                    ["permitted"] = Names(held),
                    ["inheritable"] = Names(held),
                    ["ambient"] = Names(held),
                },
            },
            ["hostname"] = "sandbox",
            ["mounts"] = mounts,
            ["linux"] = linux,
        };
    }

    private static JsonArray Names(string[] names) => [.. names.Select(n => (JsonNode)n)];

    private static JsonArray Map() => [new JsonObject { ["containerID"] = 0, ["hostID"] = FirstHostId, ["size"] = 65536 }];

    private static JsonObject Mount(string target, string type, string source, params string[] options) => new()
    {
        ["destination"] = target,
        ["type"] = type,
        ["source"] = source,
        ["options"] = Names(options),
    };
}
