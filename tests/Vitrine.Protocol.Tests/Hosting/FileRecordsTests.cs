using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class FileRecordsTests
{
    private static readonly FileEntry Entry = new("a/ü", FileType.Link, 5, 0x1FF, 1000, 1000, 1_700_000_000_000_000_000, "../b");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EntriesAsync_Records_AreReadWhateverThePieces()
    {
        byte[] stream = [.. Record(Entry.Write), .. Record((Entry with { Path = new string('x', 30_000) }).Write), .. Record(Entry.Write)];
        for (int piece = 1; piece < 50; piece += 7)
        {
            var read = new List<FileEntry>();
            await foreach (FileEntry entry in FileRecords.EntriesAsync(new PieceStream(stream, piece), Token))
                read.Add(entry);
            Assert.Equal([5, 30_000 + 2, 5], read.Select(static e => e.Path.Length + 2));
            Assert.Equal(Entry, read[0]);
        }
    }

    [Fact]
    public async Task EventsAsync_UnknownChange_SaysToLookAgain()
    {
        byte[] stream = [.. Record(new FileEvent("f", FileChange.Renamed).Write), .. Record(new FileEvent("f", (FileChange)77).Write)];
        var read = new List<FileEvent>();
        await foreach (FileEvent one in FileRecords.EventsAsync(new MemoryStream(stream), Token))
            read.Add(one);
        Assert.Equal([new FileEvent("f", FileChange.Renamed), new FileEvent("f", FileChange.Overflow)], read);
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "ends in its length", [1, 0] },
        { "of 0 bytes", [0, 0, 0, 0] },
        { "of 65529 bytes", [0xF9, 0xFF, 0, 0] },
        { "of 4294967295 bytes", [0xFF, 0xFF, 0xFF, 0xFF] },
        { "cut off", [5, 0, 0, 0, 1, 2] },
        { "too early", [5, 0, 0, 0, 9, 0, 0, 0, 5] },
        { "left over", Record(w => Entry.Write(w.U32(0).U8(0).U64(0).U16(0).U32(0).U32(0).U64(0).U32(0))) },
        { "permission bits", Record((Entry with { Mode = 0x1000 }).Write) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task EntriesAsync_BrokenRecord_ThrowsProtocolException(string sentence, byte[] stream)
    {
        ProtocolException e = await Assert.ThrowsAsync<ProtocolException>(async () =>
        {
            await foreach (FileEntry _ in FileRecords.EntriesAsync(new MemoryStream(stream), Token))
            {
            }
        });
        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Record(Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        return [.. BitConverter.GetBytes(writer.Written.Length), .. writer.Written];
    }

    /// <summary>Gives few bytes at a time.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
