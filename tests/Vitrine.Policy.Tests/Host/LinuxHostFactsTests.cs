using Vitrine.Policy.Host;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Host;

public sealed class LinuxHostFactsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LinuxHostFacts _host = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void ResolvePath_EachKind_IsTold()
    {
        Assert.Equal(HostPathKind.Directory, _host.ResolvePath(_directory.MakeDirectory("d")).Kind);
        Assert.Equal(HostPathKind.File, _host.ResolvePath(_directory.MakeFile("f", new string('x', 100_000))).Kind);
        Assert.Equal(HostPathKind.File, _host.ResolvePath(_directory.MakeFile("empty", "")).Kind);
        Assert.Equal(HostPathKind.Socket, _host.ResolvePath(_directory.MakeSocket("s")).Kind);
        Assert.Equal(HostPathKind.Fifo, _host.ResolvePath(_directory.MakeFifo("p")).Kind);
        Assert.Equal(HostPathKind.Device, _host.ResolvePath("/dev/null").Kind);
        Assert.Equal(HostPathKind.Missing, _host.ResolvePath($"{_directory.Root}/nothing").Kind);
        Assert.Equal(HostPathKind.Missing, _host.ResolvePath(_directory.MakeLink("dangling", "nothing")).Kind);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(1000u, 1001u)]
    [InlineData(65534u, 60000u)]
    [InlineData(2097151u, 2097152u)]
    [InlineData(0x20000000u, 0x2FFFFFFFu)]
    [InlineData(2147483647u, 2147483646u)]
    public void ResolvePath_Owner_IsThatOfTheFile(uint uid, uint gid)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to give files away");
        string file = _directory.MakeFile("f");
        string directory = _directory.MakeDirectory("d");
        TemporaryDirectory.Run("chown", $"{uid}:{gid}", file, directory);
        Assert.Equal(new HostOwner(uid, gid), _host.ResolvePath(file).Owner);
        Assert.Equal(new HostOwner(uid, gid), _host.ResolvePath(directory).Owner);
    }

    /// <summary>The archive writer keeps ids in 31 bits. Taking larger ones for root's errs on the side of refusing.</summary>
    [Fact]
    public void ResolvePath_OwnerAboveThirtyOneBits_IsTakenForRoot()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to give files away");
        string file = _directory.MakeFile("f");
        TemporaryDirectory.Run("chown", "2147483648:4294967294", file);
        Assert.Equal(new HostOwner(0, 0), _host.ResolvePath(file).Owner);
    }

    [Fact]
    public void RealPath_ChainOfLinks_IsFollowed()
    {
        _directory.MakeDirectory("a/b");
        _directory.MakeLink("one", "a");
        _directory.MakeLink("two", $"{_directory.Root}/one/../one/b");
        Assert.Equal($"{_directory.Root}/a/b", _host.RealPath($"{_directory.Root}/two/."));
        Assert.Null(_host.RealPath($"{_directory.Root}/two/missing"));
    }

    [Fact]
    public void RealPath_DotDotAfterALink_LeavesWhereTheLinkLeads()
    {
        _directory.MakeDirectory("far/away");
        _directory.MakeDirectory("far/sibling");
        _directory.MakeLink("link", "far/away");
        Assert.Equal($"{_directory.Root}/far/sibling", LinkResolver.Resolve($"{_directory.Root}/link/../sibling"));
    }

    [Fact]
    public void Scan_Tree_ListsShallowNamesFirstAndFollowsNoLink()
    {
        _directory.MakeFile("a/b/c/deep");
        _directory.MakeFile("top");
        _directory.MakeLink("loop", ".");
        _directory.MakeLink("outside", "/etc");
        HostScan scan = _host.Scan(_directory.Root, 100, 8);
        Assert.True(scan.IsComplete);
        Assert.Equal(["a", "a/b", "a/b/c", "a/b/c/deep", "loop", "outside", "top"], scan.Entries.Select(entry => entry.RelativePath)
            .Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["a", "a/b", "a/b/c"], scan.Entries.Where(entry => entry.IsDirectory)
            .Select(entry => entry.RelativePath), StringComparer.Ordinal);
        Assert.Equal("a/b/c/deep", scan.Entries[^1].RelativePath);
    }

    [Fact]
    public void Scan_Bounds_CutItOff()
    {
        for (int index = 0; index < 50; index++) _directory.MakeFile($"d/{index}");
        Assert.False(_host.Scan(_directory.Root, 20, 8).IsComplete);
        Assert.Equal(20, _host.Scan(_directory.Root, 20, 8).Entries.Count);
        Assert.False(_host.Scan(_directory.Root, 100, 1).IsComplete);
        Assert.Single(_host.Scan(_directory.Root, 100, 1).Entries);
        Assert.True(_host.Scan(_directory.Root, 100, 2).IsComplete);
    }

    [Fact]
    public void HomeDirectories_OfThisHost_HoldRoots() => Assert.Contains("/root", _host.HomeDirectories, StringComparer.Ordinal);

    [Fact]
    public void Parse_Passwd_TakesPeopleAndRoot()
    {
        string[] lines = ["root:x:0:0::/root:/bin/sh", "daemon:x:1:1::/usr/sbin:/x", "alice:x:1000:1000::/data/alice/:/bin/sh",
            "nobody:x:65534:65534::/nonexistent:/x", "bad:x:::", "odd:x:1001:1::relative:/x"];
        Assert.Equal(["/root", "/data/alice"], HomeFinder.Parse(lines), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 524288L)]
    [InlineData("Max open files            1024                 unlimited            files     ", null)]
    [InlineData("Max processes             1 2 processes", null)]
    public void Parse_Limits_GivesTheHardOne(string line, long? limit) => Assert.Equal(limit, ProcessLimits.Parse([line]));

    [Fact]
    public void HardOpenFilesLimit_OfThisProcess_IsKnown() => Assert.InRange(_host.HardOpenFilesLimit ?? long.MaxValue, 16, long.MaxValue);

    [Fact]
    public void StateDirectories_Environment_MovesThem()
    {
        var host = new LinuxHostFacts(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["VITRINE_STATE_DIR"] = _directory.Root,
            ["HOME"] = "/home/zed"
        });
        Assert.Contains(_directory.Root, host.StateDirectories, StringComparer.Ordinal);
        Assert.Contains("/home/zed/.local/state/vitrine", host.StateDirectories, StringComparer.Ordinal);
        Assert.Contains("/var/lib/vitrine", host.StateDirectories, StringComparer.Ordinal);
    }
}
