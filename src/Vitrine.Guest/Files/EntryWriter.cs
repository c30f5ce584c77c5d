using System.Buffers.Binary;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>Records on standard output: a 32-bit length, then the record.</summary>
internal static class EntryWriter
{
    internal static void Write(FileEntry entry)
    {
        var writer = new WireWriter();
        entry.Write(writer);
        Write(writer);
    }

    internal static void Write(FileEvent change)
    {
        var writer = new WireWriter();
        change.Write(writer);
        Write(writer);
    }

    private static void Write(WireWriter record)
    {
        var bytes = new byte[4 + record.Written.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, record.Written.Length);
        record.Written.CopyTo(bytes.AsSpan(4));
        int result = DescriptorIo.WriteAll(1, bytes);
        if (result < 0)
            throw new LinuxException("write", "standard output", -result);
    }
}
