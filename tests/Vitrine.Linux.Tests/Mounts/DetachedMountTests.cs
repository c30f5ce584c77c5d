using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Paths;

namespace Vitrine.Linux.Tests.Mounts;

/// <summary>Mounts on a thread of its own; the host must never see one.</summary>
public sealed class DetachedMountTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vitrine-detached-").FullName;

    public DetachedMountTests()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("MOUNTS ARE NOT TESTED: root is needed");
    }

    [Fact]
    public async Task Attach_OnANamespaceThread_IsSeenThereAlone()
    {
        using NamespaceThread thread = await NamespaceThread.StartAsync("test");
        await thread.RunAsync(() =>
        {
            using DetachedMount mount = DetachedMount.Create("tmpfs", MountAttributes.NoExecute, ("size", "65536"));
            new TreeBuilder(mount.Root, 0, 0).File("seen", "yes");
            mount.Attach(_directory);
        });

        // The control is the first line: on the thread the file is there.
        Assert.True(await thread.RunAsync(() => File.Exists(_directory + "/seen")));
        Assert.False(File.Exists(_directory + "/seen"));
        MountEntry entry = (await thread.RunAsync(MountEntry.ReadSelf)).Single(m => m.Path == _directory);
        Assert.Contains("noexec", entry.Options);
        await thread.RunAsync(() => MountPoint.Detach(_directory));
        Assert.False(await thread.RunAsync(() => File.Exists(_directory + "/seen")));
    }

    [Fact]
    public async Task Create_OverlayWithRelativeLayers_ShowsNoPathOfTheHost()
    {
        foreach (string name in (string[])["a", "b", "c"])
            Directory.CreateDirectory($"{_directory}/{name}");
        await File.WriteAllTextAsync(_directory + "/b/below", "1", TestContext.Current.CancellationToken);
        using NamespaceThread thread = await NamespaceThread.StartAsync("test");
        MountEntry entry = await thread.RunAsync(() =>
        {
            PathHandle.ChangeDirectory(_directory);
            using DetachedMount overlay = DetachedMount.Create("overlay", MountAttributes.ReadOnly, ("lowerdir", "a:b"));
            overlay.Attach("c");
            Assert.True(File.Exists(_directory + "/c/below"));
            return MountEntry.ReadSelf().Single(m => m.Path == _directory + "/c");
        });
        Assert.Contains("lowerdir=a:b", entry.SuperOptions);
        Assert.DoesNotContain(entry.SuperOptions, o => o.Contains(_directory, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_BadOption_SaysWhatTheKernelSaid()
    {
        LinuxException error = Assert.Throws<LinuxException>(static () => DetachedMount.Create("tmpfs", MountAttributes.None, ("size", "nonsense")));
        Assert.StartsWith("fsconfig(tmpfs: size=nonsense", error.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.EINVAL, error.Errno);
    }

    [Fact]
    public void Create_UnknownType_SaysSo() =>
        Assert.StartsWith("fsopen(nonsense)", Assert.Throws<LinuxException>(static () => DetachedMount.Create("nonsense", MountAttributes.None)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task StartAsync_ThreadsDirectory_IsItsOwn()
    {
        string before = Environment.CurrentDirectory;
        using NamespaceThread thread = await NamespaceThread.StartAsync("test");
        await thread.RunAsync(() => PathHandle.ChangeDirectory(_directory));
        Assert.Equal(before, Environment.CurrentDirectory);
    }

    [Fact]
    public async Task RunAsync_Throwing_GoesToWhoAsked()
    {
        using NamespaceThread thread = await NamespaceThread.StartAsync("test");
        await Assert.ThrowsAsync<LinuxException>(() => thread.RunAsync(() => MountPoint.Detach("/nowhere")));
        Assert.Equal(1, await thread.RunAsync(static () => 1));
    }

    [Fact]
    public async Task Clone_OfADescriptor_IsWhatWasOpenedEvenIfThePathChanged()
    {
        Directory.CreateDirectory(_directory + "/judged");
        await File.WriteAllTextAsync(_directory + "/judged/mark", "1", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_directory + "/target");
        using SafeFileHandle judged = PathHandle.Open(_directory + "/judged");
        Directory.Move(_directory + "/judged", _directory + "/moved");
        Directory.CreateDirectory(_directory + "/judged");
        using DetachedMount clone = DetachedMount.Clone(judged, "judged");
        using NamespaceThread thread = await NamespaceThread.StartAsync("test");
        await thread.RunAsync(() => clone.Attach(_directory + "/target"));
        Assert.True(await thread.RunAsync(() => File.Exists(_directory + "/target/mark")));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
