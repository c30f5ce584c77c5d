using System.Formats.Tar;
using System.IO.Compression;
using Vitrine.Engine.Images;

namespace Vitrine.Engine.Tests.Images;

public sealed class ImageStoreTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ImageStore Store => new(fixture.Engine, Path.Combine(fixture.Directory, "images"), EngineFixture.RootPlan(), TimeProvider.System);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnpackAsync_OrdinaryTar_GivesItsFilesOnce(bool compressed)
    {
        string tar = await WriteAsync(compressed, ("usr/", TarEntryType.Directory, ""), ("usr/hello", TarEntryType.RegularFile, "hi"), ("link", TarEntryType.SymbolicLink, "usr/hello"));

        string first = await Store.UnpackAsync(tar, Cancel);
        DateTime made = Directory.GetCreationTimeUtc(first);
        string second = await Store.UnpackAsync(tar, Cancel);

        Assert.Equal(first, second);
        Assert.Equal(made, Directory.GetCreationTimeUtc(second));
        Assert.Equal("hi", await File.ReadAllTextAsync(Path.Combine(first, "link"), Cancel));
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("usr/../../escape")]
    [InlineData("/escape")]
    public async Task UnpackAsync_NameThatClimbs_NothingOutsideTheImage(string name)
    {
        string tar = await WriteAsync(compressed: false, ("usr/ok", TarEntryType.RegularFile, "fine"), (name, TarEntryType.RegularFile, "escaped"));

        Exception? refused = await Record.ExceptionAsync(() => Store.UnpackAsync(tar, Cancel));

        Assert.True(refused is null or EngineException { Code: "image-unreadable" }, refused?.ToString());
        Assert.False(File.Exists("/escape"));
        AssertOnlyInside("escape");
    }

    [Fact]
    public async Task UnpackAsync_LinkThenFileThroughIt_NothingOutsideTheImage()
    {
        string outside = Path.Combine(fixture.Directory, "outside");
        Directory.CreateDirectory(outside);
        string tar = await WriteAsync(
            compressed: false, ("usr/ok", TarEntryType.RegularFile, "fine"), ("way", TarEntryType.SymbolicLink, outside), ("way/escaped-through-link", TarEntryType.RegularFile, "x"));

        Exception? refused = await Record.ExceptionAsync(() => Store.UnpackAsync(tar, Cancel));

        Assert.True(refused is null or EngineException, refused?.ToString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));

        // The control: the same archive, unpacked by a naive extractor on the host, does escape.
        string naive = Path.Combine(fixture.Directory, "naive");
        Directory.CreateDirectory(naive);
        File.CreateSymbolicLink(Path.Combine(naive, "way"), outside);
        await File.WriteAllTextAsync(Path.Combine(naive, "way", "escaped-through-link"), "x", Cancel);
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task UnpackAsync_SetIdFile_LosesTheBit()
    {
        string path = Path.Combine(fixture.Directory, "setid.tar");
        await using (var writer = new TarWriter(File.Create(path), TarEntryFormat.Pax))
        {
            await writer.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, "usr/su") { Mode = Plain | UnixFileMode.SetUser | UnixFileMode.OtherExecute, Uid = 5, Gid = 5, DataStream = new MemoryStream([1]) }, Cancel);
        }

        string image = await Store.UnpackAsync(path, Cancel);

        UnixFileMode mode = File.GetUnixFileMode(Path.Combine(image, "usr/su"));
        Assert.Equal((UnixFileMode)0, mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup));
    }

    [Fact]
    public async Task UnpackAsync_NotATar_SaysSoAndLeavesNothing()
    {
        string path = Path.Combine(fixture.Directory, "garbage.tar");
        await File.WriteAllTextAsync(path, "this is no archive", Cancel);

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => Store.UnpackAsync(path, Cancel));

        Assert.Equal("image-unreadable", error.Code);
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(fixture.Directory, "images")), d => Path.GetFileName(d).StartsWith(".staging", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnpackAsync_MissingFile_SaysSo() =>
        Assert.Equal("image-missing", (await Assert.ThrowsAsync<EngineException>(() => Store.UnpackAsync("/nowhere.tar", Cancel))).Code);

    private void AssertOnlyInside(string name)
    {
        string images = Path.Combine(fixture.Directory, "images");
        foreach (string found in Directory.EnumerateFiles(fixture.Directory, name, SearchOption.AllDirectories))
            Assert.True(Path.GetDirectoryName(found)!.Length > images.Length && found.StartsWith(images + "/", StringComparison.Ordinal), found);
    }

    private async Task<string> WriteAsync(bool compressed, params (string Name, TarEntryType Type, string Content)[] entries)
    {
        string path = Path.Combine(fixture.Directory, Guid.NewGuid().ToString("N") + ".tar");
        await using Stream file = compressed ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        await using var writer = new TarWriter(file, TarEntryFormat.Pax);
        foreach ((string name, TarEntryType type, string content) in entries)
        {
            var entry = new PaxTarEntry(type, name) { Mode = type == TarEntryType.Directory ? Plain | UnixFileMode.UserExecute : Plain };
            if (type == TarEntryType.SymbolicLink)
                entry.LinkName = content;
            else if (type == TarEntryType.RegularFile)
                entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
            await writer.WriteEntryAsync(entry, Cancel);
        }

        return path;
    }
}
