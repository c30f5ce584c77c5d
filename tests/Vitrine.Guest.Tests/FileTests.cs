using System.Text;
using Vitrine.Guest.Tests.Support;
using Vitrine.Linux;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>The file operations, on the real helper.</summary>
public sealed class FileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_Binary_ReadsBackEqual()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        byte[] content = new byte[5_000_001];
        Random.Shared.NextBytes(content);
        FileEntry entry = await sandbox.Guest.WriteAsync("/tmp/ü binary", content);
        Assert.Equal(("/tmp/ü binary", FileType.File, 5_000_001ul, (ushort)0b110_100_100, 1000u), (entry.Path, entry.Type, entry.Size, entry.Mode, entry.Uid));
        byte[] read = await sandbox.Guest.ReadAsync("/tmp/ü binary");
        Assert.True(content.AsSpan().SequenceEqual(read));
        Assert.Equal(content[123_456..123_556], await sandbox.Guest.ReadAsync("/tmp/ü binary", 123_456, 100));
        Assert.Empty(await sandbox.Guest.ReadAsync("/tmp/ü binary", 9_000_000));
    }

    [Fact]
    public async Task Write_Existing_ReplacesInOneStepAndKeepsItsMode()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("echo old >/tmp/f; chmod 750 /tmp/f; ln /tmp/f /tmp/other");
        await sandbox.Guest.WriteAsync("/tmp/f", "new"u8.ToArray());
        Outcome outcome = await sandbox.Guest.ShellAsync("cat /tmp/f; echo; cat /tmp/other; stat -c %a /tmp/f; ls -A /tmp");
        Assert.Equal(["new", "old", "750", "f", "other"], outcome.Lines);
    }

    [Fact]
    public async Task Write_LinkAsTarget_ReplacesTheLinkAndNotWhatItPointsTo()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("echo precious >/tmp/p; ln -s /tmp/p /tmp/l");
        await sandbox.Guest.WriteAsync("/tmp/l", "x"u8.ToArray());
        Assert.Equal("precious\n", (await sandbox.Guest.ShellAsync("cat /tmp/p")).Text);
        Assert.Equal(FileType.File, (await sandbox.Guest.StatAsync("/tmp/l")).Type);
    }

    [Fact]
    public async Task Write_InPlaceAtOffset_KeepsTheRest()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.WriteAsync("/tmp/f", "0123456789"u8.ToArray());
        await sandbox.Guest.WriteAsync(new FileRequest { Operation = FileOperation.Write, Path = "/tmp/f", InPlace = true, Offset = 3 }, "abc"u8.ToArray());
        Assert.Equal("012abc6789", Encoding.UTF8.GetString(await sandbox.Guest.ReadAsync("/tmp/f")));
    }

    [Fact]
    public async Task Write_ModeAndParents_AreExact()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        FileEntry entry = await sandbox.Guest.WriteAsync(
            new FileRequest { Operation = FileOperation.Write, Path = "/tmp/a/b/c", Recursive = true, Mode = 0b111_110_110 }, []);
        Assert.Equal((0b111_110_110, 0ul), (entry.Mode, entry.Size));
        Assert.Equal(0b111_101_101, (await sandbox.Guest.StatAsync("/tmp/a/b")).Mode);
    }

    [Theory]
    [InlineData("/etc/new", Errno.EROFS)]
    [InlineData("/tmp/missing/f", Errno.ENOENT)]
    [InlineData("/tmp", Errno.EISDIR)]
    [InlineData("relative", Errno.EINVAL)]
    [InlineData("/tmp/nul\0", Errno.EINVAL)]
    [InlineData("/tmp/..", Errno.EINVAL)]
    public async Task Write_Impossible_FailsWithErrnoAndSentence(string path, int errno)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.WriteAsync(path, [1]));
        Assert.Equal(errno, error.Errno);
        Assert.NotEmpty(error.Message);
        Assert.Empty(await sandbox.Guest.ListAsync("/tmp", 9));
    }

    [Theory]
    [InlineData(0b100_111_101_101)]
    [InlineData(0b010_111_101_101)]
    [InlineData(0b001_111_101_101)]
    public async Task Write_SetIdOrStickyBits_AreRefused(int mode)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(
            () => sandbox.Guest.WriteAsync(new FileRequest { Operation = FileOperation.Write, Path = "/tmp/f", Mode = (ushort)mode }, []));
        Assert.Equal(Errno.EPERM, error.Errno);
    }

    [Theory]
    [InlineData("mkfifo /tmp/x", Errno.EINVAL)]
    [InlineData("python3 -c 'import socket;socket.socket(1).bind(\"/tmp/x\")'", 6)] // ENXIO: a socket cannot be opened
    [InlineData("mkdir /tmp/x", Errno.EISDIR)]
    [InlineData("ln -s /proc/self/fd/0 /tmp/x", Errno.ELOOP)]
    [InlineData("ln -s /dev/zero /tmp/x", Errno.EINVAL)]
    [InlineData("ln -s x /tmp/x", Errno.ELOOP)]
    public async Task Read_NoRegularFile_IsRefusedAtOnce(string make, int errno)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Assert.Equal(0, (await sandbox.Guest.ShellAsync(make)).Exit.Code);
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.ReadAsync("/tmp/x"));
        Assert.Equal(errno, error.Errno);
    }

    [Fact]
    public async Task Read_FileOfAnotherUser_IsJudgedAsTheWorkloads()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ToEndAsync(Run.Shell("echo s >/tmp/s; chmod 600 /tmp/s") with { Uid = 1001, Gid = 1001 });
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.ReadAsync("/tmp/s"));
        Assert.Equal(Errno.EACCES, error.Errno);
        Assert.Contains("openat2(/tmp/s): Permission denied (errno 13)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stat_Link_IsTheLinkItself()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("ln -s /nowhere /tmp/l; touch -d @1234567890.5 /tmp/t; chmod 4711 /tmp/t");
        FileEntry link = await sandbox.Guest.StatAsync("/tmp/l");
        Assert.Equal((FileType.Link, "/nowhere"), (link.Type, link.LinkTarget));
        FileEntry file = await sandbox.Guest.StatAsync("/tmp/t");
        Assert.Equal((1_234_567_890_500_000_000ul, 0b100_111_001_001), (file.ModifiedNanoseconds, file.Mode));
        Assert.Equal(FileType.Directory, (await sandbox.Guest.StatAsync("/")).Type);
        Assert.Equal(FileType.Other, (await sandbox.Guest.StatAsync("/dev/null")).Type);
    }

    [Fact]
    public async Task List_Levels_AreInNameOrder()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("mkdir -p /tmp/d/b/deep /tmp/d/a; touch /tmp/d/b/deep/f /tmp/d/c /tmp/d/a/1; ln -s / /tmp/d/root");
        Assert.Equal("a b c root", Names(await sandbox.Guest.ListAsync("/tmp/d", 1)));
        Assert.Equal("a a/1 b b/deep c root", Names(await sandbox.Guest.ListAsync("/tmp/d", 2)));
        Assert.Equal("a a/1 b b/deep b/deep/f c root", Names(await sandbox.Guest.ListAsync("/tmp/d", ulong.MaxValue)));
    }

    [Fact]
    public async Task List_TenThousandEntries_AllCome()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.PythonAsync("import os\nos.mkdir('/tmp/m')\nfor i in range(10000): open(f'/tmp/m/{i:05}','w')");
        List<FileEntry> entries = await sandbox.Guest.ListAsync("/tmp/m", 1);
        Assert.Equal(10_000, entries.Count);
        Assert.Equal("09999", entries[^1].Path);
    }

    [Fact]
    public async Task MakeDirectory_Parents_AreMadeAndExistingIsFine()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        var request = new FileRequest { Operation = FileOperation.MakeDirectory, Path = "/tmp/a/b", Mode = 0b111_000_000 };
        Assert.Equal(0b111_000_000, Assert.Single(await sandbox.Guest.EntriesAsync(request)).Mode);
        Assert.Equal(FileType.Directory, Assert.Single(await sandbox.Guest.EntriesAsync(request)).Type);
        await sandbox.Guest.WriteAsync("/tmp/file", []);
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.EntriesAsync(request with { Path = "/tmp/file" }));
        Assert.Equal(Errno.EEXIST, error.Errno);
    }

    [Fact]
    public async Task Move_Taken_IsRefused()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.WriteAsync("/tmp/a", "a"u8.ToArray());
        await sandbox.Guest.WriteAsync("/tmp/b", "b"u8.ToArray());
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.MoveAsync("/tmp/a", "/tmp/b"));
        Assert.Equal(Errno.EEXIST, error.Errno);
        await sandbox.Guest.MoveAsync("/tmp/a", "/tmp/c");
        Assert.Equal("b c", Names(await sandbox.Guest.ListAsync("/tmp", 1)));
        error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.MoveAsync("/tmp/c", "/small/c"));
        Assert.Equal(Errno.EXDEV, error.Errno);
    }

    [Fact]
    public async Task Remove_Tree_NeedsRecursiveAndFollowsNoLink()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("mkdir -p /tmp/keep /tmp/t/x/y; touch /tmp/keep/k /tmp/t/x/y/z; ln -s /tmp/keep /tmp/t/x/link");
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.RemoveAsync("/tmp/t"));
        Assert.Equal(Errno.ENOTEMPTY, error.Errno);
        await sandbox.Guest.RemoveAsync("/tmp/t", recursive: true);
        await sandbox.Guest.RemoveAsync("/tmp/t", recursive: true); // what is not there is no error
        Assert.Equal("keep keep/k", Names(await sandbox.Guest.ListAsync("/tmp", 2)));
    }

    [Fact]
    public async Task Watch_Recursive_TellsChangesAndNewDirectories()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("mkdir -p /tmp/w/old");
        await using GuestChannel channel = await sandbox.Guest.FileAsync(
            new FileRequest { Operation = FileOperation.Watch, Path = "/tmp/w", Recursive = true }, Token);
        await using IAsyncEnumerator<FileEvent> events = FileRecords.EventsAsync(channel.Output, Token).GetAsyncEnumerator(Token);
        Assert.Equal(new FileEvent("", FileChange.Overflow), await NextAsync(events)); // the watch stands
        await sandbox.Guest.ShellAsync("echo 1 >/tmp/w/old/f");
        Assert.Equal(new FileEvent("old/f", FileChange.Created), await NextAsync(events));
        Assert.Equal(new FileEvent("old/f", FileChange.Written), await NextAsync(events));
        await sandbox.Guest.ShellAsync("mkdir -p /tmp/w/new/deep");
        Assert.Equal(new FileEvent("new", FileChange.Created), await NextAsync(events));
        Assert.Equal(new FileEvent("new/deep", FileChange.Created), await NextAsync(events));
        await sandbox.Guest.ShellAsync("mv /tmp/w/old/f /tmp/w/g; chmod 600 /tmp/w/g; rm /tmp/w/g");
        var rest = new List<string>();
        while (rest.Count == 0 || !rest[^1].StartsWith("Removed", StringComparison.Ordinal))
        {
            FileEvent one = await NextAsync(events);
            rest.Add($"{one.Change} {one.Path}");
        }

        Assert.Equal("Renamed old/f, Renamed g, Attributes g, Removed g", string.Join(", ", rest));
        await channel.DisposeAsync();
        await channel.Completed.WaitAsync(Token);
    }

    [Fact]
    public async Task File_DiskFull_IsToldAndLeavesNothing()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(
            () => sandbox.Guest.WriteAsync(new FileRequest { Operation = FileOperation.Write, Path = "/small/x" }, new byte[1 << 20]));
        Assert.Equal(Errno.ENOSPC, error.Errno);
        Assert.Empty(await sandbox.Guest.ListAsync("/small", 1));
    }

    private static string Names(IEnumerable<FileEntry> entries) => string.Join(' ', entries.Select(e => e.Path));

    private static async Task<FileEvent> NextAsync(IAsyncEnumerator<FileEvent> events) =>
        await events.MoveNextAsync() ? events.Current : throw new InvalidOperationException("the watch ended");
}
