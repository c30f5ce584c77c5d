using Vitrine.Linux.Mounts;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>Root file systems of one's own, hostile ones too.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly string _image = Directory.CreateTempSubdirectory("vitrine-image-").FullName;

    public ImageTests()
    {
        File.SetUnixFileMode(_image, (UnixFileMode)0x1ED);
        Directory.CreateDirectory(_image + "/opt");
        File.WriteAllText(_image + "/opt/file", "of the image\n");
        File.Copy(TestHost.Guest, _image + "/opt/program");
    }

    [Fact]
    public async Task Directory_AlmostEmpty_Runs()
    {
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plan());
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);

        // The guest's own binary is the one static program at hand: without a mode it ends with 64.
        await using GuestChannel channel = await TestHost.StartAsync(guest, Plan(), ["/opt/program", "no-such-mode"]);
        Assert.Equal(64, (await channel.Exited.WaitAsync(TestHost.Token)).Code);
        Assert.Equal(LayerStatus.Enforced, sandbox.Layers.Single(static l => l.Layer == Layer.IdMappedImage).Status);
    }

    [Fact]
    public async Task Directory_LinksWhereMountsGo_AreShadowed()
    {
        // Each would lead a careless runtime's mounts elsewhere; as links to places of the host they must not be followed.
        foreach (string name in (string[])["dev", "proc", "sys", "run", "tmp", "etc", ".vitrine", "workspace"])
            File.CreateSymbolicLink($"{_image}/{name}", "/opt");
        Directory.CreateDirectory(_image + "/home");
        File.CreateSymbolicLink(_image + "/home/user", "../../../../opt");
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plan());
        string[] paths = [.. MountEntry.Read(sandbox.GuestPid).Select(static m => m.Path)];
        foreach (string path in (string[])["/dev", "/proc", "/sys", "/.vitrine", "/tmp", "/workspace", "/home/user"])
            Assert.Contains(path, paths, StringComparer.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(_image + "/opt").Length);
    }

    [Fact]
    public async Task Directory_AccountsThatAreNoFiles_AreIgnored()
    {
        Directory.CreateDirectory(_image + "/etc");
        File.CreateSymbolicLink(_image + "/etc/passwd", "/etc/shadow");
        Directory.CreateDirectory(_image + "/etc/group");
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plan());
        string passwd = await File.ReadAllTextAsync($"/proc/{sandbox.GuestPid}/root/etc/passwd", TestHost.Token);
        Assert.Contains("user:x:1000:1000:", passwd, StringComparison.Ordinal);
        Assert.DoesNotContain("root:*", passwd, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_WritableRoot_LeavesTheImageAsItWas()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plan() with { Root = new RootPlan(true, 1 << 20, 100) };
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await File.WriteAllTextAsync($"/proc/{sandbox.GuestPid}/root/opt/file", "changed\n", TestHost.Token);
        Assert.Equal("changed\n", await File.ReadAllTextAsync($"/proc/{sandbox.GuestPid}/root/opt/file", TestHost.Token));
        Assert.Equal("of the image\n", await File.ReadAllTextAsync(_image + "/opt/file", TestHost.Token));
    }

    public void Dispose() => Directory.Delete(_image, recursive: true);

    private SandboxPlan Plan() => Plans.Default() with { Image = new ImagePlan(ImageKind.Directory, _image) };
}
