using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// Reads the records a file operation sends on its channel's <see cref="GuestChannel.Output"/>: a 32-bit length, then so many bytes, until
/// the end.
/// They come from a process of the workload's uid, so a breach here says nothing of the guest: it fails the reading alone.
/// </summary>
public static class FileRecords
{
    /// <summary>The entries of Stat, List, Write or MakeDirectory. Their number has no bound: the taker sets one.</summary>
    /// <exception cref="ProtocolException">A record is cut off, empty, longer than <see cref="WireLimits.MaxPayload"/> bytes, or not an
    /// entry.</exception>
    /// <exception cref="GuestClosedException">The wire ended.</exception>
    public static IAsyncEnumerable<FileEntry> EntriesAsync(Stream output, CancellationToken ct = default) =>
        ReadAsync(output, FileEntry.Read, ct);

    /// <summary>The events of Watch, until the channel is given up.</summary>
    /// <exception cref="ProtocolException">A record is cut off, empty, longer than <see cref="WireLimits.MaxPayload"/> bytes, or not an
    /// event.</exception>
    /// <exception cref="GuestClosedException">The wire ended.</exception>
    public static IAsyncEnumerable<FileEvent> EventsAsync(Stream output, CancellationToken ct = default) =>
        ReadAsync(output, FileEvent.Read, ct);

    private delegate T RecordReader<T>(ref WireReader reader);

    private static async IAsyncEnumerable<T> ReadAsync<T>(
        Stream output, RecordReader<T> read, [EnumeratorCancellation] CancellationToken ct)
    {
        byte[] buffer = new byte[1024];
        while (await output.ReadAtLeastAsync(
            buffer.AsMemory(0, sizeof(uint)), sizeof(uint), throwOnEndOfStream: false, ct).ConfigureAwait(false) is var got and > 0)
        {
            if (got < sizeof(uint))
                throw new ProtocolException("a file record ends in its length");
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
            if (length is 0 or > WireLimits.MaxPayload)
                throw new ProtocolException($"a file record of {length} bytes; it takes 1 to {WireLimits.MaxPayload}");
            if (length > buffer.Length)
                buffer = new byte[WireLimits.MaxPayload];
            Memory<byte> record = buffer.AsMemory(0, (int)length);
            if (await output.ReadAtLeastAsync(record, record.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false) < record.Length)
                throw new ProtocolException("a file record is cut off");
            yield return Parse(record.Span, read);
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> record, RecordReader<T> read)
    {
        var reader = new WireReader(record);
        T parsed = read(ref reader);
        reader.End();
        return parsed;
    }
}
