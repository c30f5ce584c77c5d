using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Paths;

namespace Vitrine.Linux.Tests.Paths;

public sealed class PathTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vitrine-path-").FullName;

    [Theory]
    [InlineData("link/file")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    public void OpenBelow_LinksAndStepsOut_AreRefused(string path)
    {
        Directory.CreateDirectory(_directory + "/a");
        File.WriteAllText(_directory + "/a/file", "");
        File.CreateSymbolicLink(_directory + "/link", "a");
        using SafeFileHandle root = PathHandle.Open(_directory);
        using (PathHandle.OpenBelow(root, "a/file"))
            Assert.Throws<LinuxException>(() => PathHandle.OpenBelow(root, path));
    }

    [Fact]
    public void RealPath_ThroughALink_IsTheTarget()
    {
        File.CreateSymbolicLink(_directory + "/link", "/usr");
        using SafeFileHandle handle = PathHandle.Open(_directory + "/link");
        Assert.Equal("/usr", PathHandle.RealPath(handle));
        Assert.True(PathStatus.Of(handle).IsDirectory);
    }

    [Fact]
    public void Find_SocketDeepBelow_IsNamed()
    {
        Directory.CreateDirectory(_directory + "/a/b/c");
        using SafeFileHandle root = PathHandle.Open(_directory);
        Assert.Null(SocketScan.Find(root, TestContext.Current.CancellationToken));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_directory + "/a/b/c/s"));
        Assert.Equal("a/b/c/s", SocketScan.Find(root, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Find_SocketBehindALink_IsNotFollowed()
    {
        Directory.CreateDirectory(_directory + "/in");
        Directory.CreateDirectory(_directory + "/out");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_directory + "/out/s"));
        File.CreateSymbolicLink(_directory + "/in/link", "../out");
        using SafeFileHandle inside = PathHandle.Open(_directory + "/in"), all = PathHandle.Open(_directory);
        Assert.Null(SocketScan.Find(inside, TestContext.Current.CancellationToken));
        Assert.Equal("out/s", SocketScan.Find(all, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void TryExclusive_HeldElsewhere_IsRefusedUntilReleased()
    {
        using SafeFileHandle second = FileLock.Open(_directory + "/lock");
        using (SafeFileHandle first = FileLock.Open(_directory + "/lock"))
        {
            Assert.True(FileLock.TryExclusive(first));
            Assert.False(FileLock.TryExclusive(second));
        }

        Assert.True(FileLock.TryExclusive(second));
    }

    [Fact]
    public void TryByte_PerDescription_LocksSingleBytes()
    {
        using SafeFileHandle second = FileLock.Open(_directory + "/ranges");
        using (SafeFileHandle first = FileLock.Open(_directory + "/ranges"))
        {
            Assert.True(FileLock.TryByte(first, 7));
            Assert.False(FileLock.TryByte(second, 7));
            Assert.True(FileLock.TryByte(second, 8));
            FileLock.ReleaseByte(first, 7);
            Assert.True(FileLock.TryByte(second, 7));
            FileLock.ReleaseByte(second, 7);
            Assert.True(FileLock.TryByte(first, 7));
        }

        // The first's locks ended with its description.
        Assert.True(FileLock.TryByte(second, 7));
    }

    [Fact]
    public void TreeBuilder_Entries_HaveOwnerAndMode()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("OWNERS ARE NOT TESTED: root is needed");
        using SafeFileHandle root = PathHandle.Open(_directory);
        var tree = new TreeBuilder(root, 1234, 1235);
        tree.File("a/b/file", "text", 0x180);
        tree.Link("a/link", "b/file");
        tree.Directory("c", 0x3FF);
        using SafeFileHandle file = PathHandle.OpenBelow(root, "a/b/file"), sticky = PathHandle.OpenBelow(root, "c");
        Assert.Equal(new PathStatus(0x8180, 1234, 1235), PathStatus.Of(file));
        Assert.Equal(new PathStatus(0x43FF, 1234, 1235), PathStatus.Of(sticky));
        Assert.Equal("text", File.ReadAllText(_directory + "/a/link"));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
