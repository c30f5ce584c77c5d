using System.Text;
using Vitrine.Linux;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>What a sandbox with a way out has, and one without; what happens to connections is tested with the guest.</summary>
public sealed class NetworkTests
{
    private const string Look =
        """
        cat /etc/resolv.conf
        python3 - <<'END'
        import errno,socket
        def attempt(name, do):
            try: print(name, do())
            except OSError as e: print(name, errno.errorcode[e.errno])
        def connect(address):
            s = socket.create_connection(address, timeout=3)
            return s.recv(1)
        attempt('raw', lambda: connect(('192.0.2.7', 443)))
        attempt('resolver', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'q', ('192.0.2.53', 53)))
        attempt('ipv6', lambda: socket.create_connection(('2001:db8::1', 443), timeout=3))
        attempt('addrconfig', lambda: socket.getaddrinfo('127.0.0.5', 80, flags=socket.AI_ADDRCONFIG)[0][4])
        END
        """;

    [Fact]
    public async Task Create_WayOut_LeadsConnectionsToTheGuest()
    {
        SandboxPlan plan = Plans.Default() with { Egress = new EgressPlan() };
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await using GuestConnection guest = await GuestConnection.OpenAsync(
            sandbox.Wire, new GuestSetup { HasWayOut = true }, options: null, TestHost.Token);
        (int exit, string output) = await TestHost.ShellAsync(guest, plan, Look);
        Assert.Equal(
            """
            nameserver 198.18.0.1
            options timeout:2 attempts:1
            raw ECONNRESET
            resolver EPERM
            ipv6 ENETUNREACH
            addrconfig ('127.0.0.5', 80)

            """, output);
        Assert.Equal(0, exit);
        LayerReport network = sandbox.Layers.Single(static l => l.Layer == Layer.NetworkNone);
        Assert.Equal((LayerStatus.Enforced, "loopback only; connections leave through the gateway"), (network.Status, network.Detail));
    }

    [Fact]
    public async Task Create_NoWayOut_FailsAtOnceAndBelievesInIpv4()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string output) = await host.ShellAsync(Plans.Default(), Look);
        Assert.Equal(
            """
            nameserver 127.0.0.1
            raw ENETUNREACH
            resolver ENETUNREACH
            ipv6 ENETUNREACH
            addrconfig ('127.0.0.5', 80)

            """, output);
    }

    [Theory]
    [InlineData(Errno.EPROTONOSUPPORT)]
    [InlineData(Errno.EOPNOTSUPP)]
    [InlineData(Errno.ENOENT)]
    public void Explain_KernelLacksIt_SaysWhatAndHow(int errno)
    {
        RuntimeException error = Network.Explain(new LinuxException("netlink", "chain outgoing of type nat", errno), guestIsGone: false);
        Assert.Equal("network-unavailable", error.Code);
        Assert.Contains("chain outgoing of type nat", error.Message, StringComparison.Ordinal);
        Assert.Contains("modprobe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_OtherFaults_HaveTheirOwnCodes()
    {
        var fault = new LinuxException("setns", "17", Errno.ESRCH);
        Assert.Equal("guest-failed", Network.Explain(fault, guestIsGone: true).Code);
        Assert.Equal("network-failed", Network.Explain(new LinuxException("setns", "17", Errno.EPERM), guestIsGone: false).Code);
    }

    [Fact]
    public async Task Files_OfTheRequest_AreInsideReadOnlyAndRoots()
    {
        // One in a directory of the host image's own, one in the skeleton, one below a memory file system of the plan.
        SandboxPlan plan = Plans.Default() with { Tmpfs = [.. Plans.DefaultTmpfs, new TmpfsPlan("/etc/own", 1 << 20, 100, 0x1ED, false, OwnedByUser: true)] };
        string[] paths = ["/etc/ssl/certs/vitrine-test.pem", "/run/vitrine/certs/ca.pem", "/etc/pip.conf", "/etc/own/deep/file"];
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await CreateAsync(host, plan, paths);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        (_, string output) = await TestHost.ShellAsync(guest, plan,
            $"for f in {string.Join(' ', paths)}; do stat -c '%n %u:%g %a' $f; cat $f; (echo x > $f) 2>/dev/null && echo written; done; ls /etc/ssl/certs | wc -l; ls -d /run/*");
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < paths.Length; i++)
            Assert.Equal([$"{paths[i]} 0:0 444", $"of {paths[i]}"], lines[(2 * i)..((2 * i) + 2)]);
        Assert.Equal(Directory.GetFileSystemEntries("/etc/ssl/certs").Length + 1, int.Parse(lines[8], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["/run/vitrine"], lines[9..]);
    }

    [Fact]
    public async Task Files_OfTheRequest_LieOverTheHostsOwn()
    {
        const string bundle = "/etc/ssl/certs/ca-certificates.crt";
        SandboxPlan plan = Plans.Default();
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await CreateAsync(host, plan, bundle);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        Assert.Equal($"of {bundle}\n", (await TestHost.ShellAsync(guest, plan, "cat " + bundle)).Output);
        (_, string other) = await host.ShellAsync(plan, $"head -c 9 {bundle}");
        Assert.DoesNotContain("of ", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_OfTheRequest_LieOverADirectoryImageWithLinks()
    {
        string image = Directory.CreateTempSubdirectory("vitrine-image-").FullName;
        try
        {
            File.SetUnixFileMode(image, (UnixFileMode)0x1ED);
            Directory.CreateDirectory(image + "/etc");
            Directory.CreateDirectory(image + "/opt");
            File.CreateSymbolicLink(image + "/etc/ssl", "/opt");
            SandboxPlan plan = Plans.Default() with { Image = new ImagePlan(ImageKind.Directory, image) };
            await using TestHost host = await TestHost.OpenAsync();
            await using IRuntimeSandbox sandbox = await CreateAsync(host, plan, "/etc/ssl/certs/ca-certificates.crt");
            Assert.Equal("of /etc/ssl/certs/ca-certificates.crt\n",
                await File.ReadAllTextAsync($"/proc/{sandbox.GuestPid}/root/etc/ssl/certs/ca-certificates.crt", TestHost.Token));
            Assert.Empty(Directory.GetFileSystemEntries(image + "/opt"));
        }
        finally
        {
            Directory.Delete(image, recursive: true);
        }
    }

    [Theory]
    [InlineData("/usr/bin/python3")]
    [InlineData("/etc/../usr/bin/python3")]
    [InlineData("etc/x")]
    [InlineData("/etc")]
    [InlineData("/etc/passwd")]
    [InlineData("/run/vitrinex/y")]
    public async Task Files_ElsewhereThanAllowed_AreRefused(string path)
    {
        await using TestHost host = await TestHost.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => CreateAsync(host, Plans.Default(), path));
    }

    [Fact]
    public async Task Files_CoveredByAMount_AreRefusedWithASentence()
    {
        string directory = Directory.CreateTempSubdirectory("vitrine-mount-").FullName;
        try
        {
            await using TestHost host = await TestHost.OpenAsync();
            SandboxPlan plan = Plans.Default(new MountPlan(directory, "/etc/pip", true, false, false, []));
            RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => CreateAsync(host, plan, "/etc/pip/pip.conf"));
            Assert.Equal("file-target", error.Code);
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    private static Task<IRuntimeSandbox> CreateAsync(TestHost host, SandboxPlan plan, params string[] paths) => host.Runtime.CreateAsync(
        new RuntimeRequest(TestHost.NewId(), plan) { Files = [.. paths.Select(static p => new RuntimeFile(p, Encoding.UTF8.GetBytes($"of {p}\n")))] },
        TestHost.Token);
}
