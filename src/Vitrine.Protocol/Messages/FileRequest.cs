using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>
/// One file operation: the payload of <see cref="FrameType.Open"/> behind <see cref="ChannelKind.File"/>. It is done by a helper that has
/// the
/// workload's uid and filter, so the kernel judges it as the workload's own. Content comes on <see cref="ChannelStream.Output"/> and goes
/// on
/// <see cref="ChannelStream.Input"/>; the helper's exit code is 0 or an errno, with a sentence on <see cref="ChannelStream.Error"/>.
/// </summary>
public sealed record FileRequest
{
    /// <summary>What to do.</summary>
    public required FileOperation Operation { get; init; }

    /// <summary>Absolute path inside, without NUL.</summary>
    public required string Path { get; init; }

    /// <summary>Where <see cref="FileOperation.Move"/> moves to; empty otherwise.</summary>
    public string Destination { get; init; } = "";

    /// <summary>First byte of <see cref="FileOperation.Read"/> or <see cref="FileOperation.Write"/>.</summary>
    public ulong Offset { get; init; }

    /// <summary>Most bytes of <see cref="FileOperation.Read"/>; most levels of <see cref="FileOperation.List"/>.</summary>
    public ulong Length { get; init; } = ulong.MaxValue;

    /// <summary>
    /// Permission bits of what <see cref="FileOperation.Write"/> or <see cref="FileOperation.MakeDirectory"/> creates; set-id and sticky
    /// bits are refused.
    /// </summary>
    public ushort Mode { get; init; } = 0b110_100_100;

    /// <summary>Write: make missing parents. Remove: with all beneath it. Watch: with new directories beneath it.</summary>
    public bool Recursive { get; init; }

    /// <summary>Write: keep what is there outside the bytes written; otherwise the file is replaced in one step.</summary>
    public bool InPlace { get; init; }

    /// <summary>User id the helper takes.</summary>
    public uint Uid { get; init; } = 1000;

    /// <summary>Group id the helper takes.</summary>
    public uint Gid { get; init; } = 1000;

    /// <summary>Bytes of output the guest may send at first.</summary>
    public uint OutputCredit { get; init; } = WireLimits.MinStreamCredit;

    /// <summary>Writes the payload, without the kind.</summary>
    public void Write(WireWriter writer) => writer
        .U32(OutputCredit).U8((byte)Operation).Text(Path).Text(Destination).U64(Offset).U64(Length).U16(Mode).Bool(Recursive).Bool(InPlace)
        .U32(Uid).U32(Gid);

    /// <summary>Reads the payload behind the kind.</summary>
    public static FileRequest Read(ref WireReader reader)
    {
        uint credit = reader.U32();
        return new FileRequest
        {
            OutputCredit = credit,
            Operation = (FileOperation)reader.U8(),
            Path = reader.Text(),
            Destination = reader.Text(),
            Offset = reader.U64(),
            Length = reader.U64(),
            Mode = reader.U16(),
            Recursive = reader.Bool(),
            InPlace = reader.Bool(),
            Uid = reader.U32(),
            Gid = reader.U32(),
        };
    }
}

/// <summary>What to do with a file.</summary>
public enum FileOperation : byte
{
    /// <summary>One <see cref="FileEntry"/>, of the link itself.</summary>
    Stat = 1,

    /// <summary>A <see cref="FileEntry"/> each, in name order.</summary>
    List = 2,

    /// <summary>The bytes of a regular file.</summary>
    Read = 3,

    /// <summary>Writes Input until its end, then one <see cref="FileEntry"/>.</summary>
    Write = 4,

    /// <summary>Makes a directory and its missing parents; one <see cref="FileEntry"/>.</summary>
    MakeDirectory = 5,

    /// <summary>Renames, without replacing.</summary>
    Move = 6,

    /// <summary>Removes; what is not there is no error.</summary>
    Remove = 7,

    /// <summary>A <see cref="FileEvent"/> each until the channel is reset.</summary>
    Watch = 8,
}

/// <summary>One file as the sandbox tells it: hostile in every field.</summary>
/// <param name="Path">The path as asked, or relative to the listed directory.</param>
/// <param name="Type">What it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Mode">Permission bits, 0 to 07777.</param>
/// <param name="Uid">Owner as seen inside.</param>
/// <param name="Gid">Group as seen inside.</param>
/// <param name="ModifiedNanoseconds">Nanoseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="LinkTarget">Where a symbolic link points; empty otherwise.</param>
public sealed record FileEntry(
    string Path, FileType Type, ulong Size, ushort Mode, uint Uid, uint Gid, ulong ModifiedNanoseconds, string LinkTarget)
{
    /// <summary>Writes the record.</summary>
    public void Write(WireWriter writer) =>
        writer.Text(Path).U8((byte)Type).U64(Size).U16(Mode).U32(Uid).U32(Gid).U64(ModifiedNanoseconds).Text(LinkTarget);

    /// <summary>Reads the record; a type that is unknown here is <see cref="FileType.Other"/>.</summary>
    /// <exception cref="ProtocolException">It is no entry, or its mode has bits beyond 07777.</exception>
    public static FileEntry Read(ref WireReader reader)
    {
        string path = reader.Text();
        var type = (FileType)reader.U8();
        ulong size = reader.U64();
        ushort mode = reader.U16();
        if (mode > MaxMode)
            throw new ProtocolException("a file's mode has more than permission bits");
        return new FileEntry(
            path, type <= FileType.Link ? type : FileType.Other, size, mode, reader.U32(), reader.U32(), reader.U64(), reader.Text());
    }

    private const ushort MaxMode = 0b111_111_111_111;
}

/// <summary>What a directory entry is.</summary>
public enum FileType : byte
{
    /// <summary>Something else: device, socket, FIFO.</summary>
    Other = 0,

    /// <summary>A regular file.</summary>
    File = 1,

    /// <summary>A directory.</summary>
    Directory = 2,

    /// <summary>A symbolic link.</summary>
    Link = 3,
}

/// <summary>One change below a watched directory (inotify(7)).</summary>
/// <param name="Path">Path relative to the watched directory.</param>
/// <param name="Change">What happened.</param>
public sealed record FileEvent(string Path, FileChange Change)
{
    /// <summary>Writes the record.</summary>
    public void Write(WireWriter writer) => writer.Text(Path).U8((byte)Change);

    /// <summary>Reads the record; a change that is unknown here is <see cref="FileChange.Overflow"/>, which says to look again.</summary>
    public static FileEvent Read(ref WireReader reader)
    {
        string path = reader.Text();
        var change = (FileChange)reader.U8();
        return new FileEvent(path, change is >= FileChange.Created and <= FileChange.Overflow ? change : FileChange.Overflow);
    }
}

/// <summary>What happened to a file.</summary>
public enum FileChange : byte
{
    /// <summary>It appeared.</summary>
    Created = 1,

    /// <summary>Its bytes changed.</summary>
    Written = 2,

    /// <summary>It is gone.</summary>
    Removed = 3,

    /// <summary>It was renamed away or here.</summary>
    Renamed = 4,

    /// <summary>Its permission or owner changed.</summary>
    Attributes = 5,

    /// <summary>Events were lost: list again.</summary>
    Overflow = 6,
}
