using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>One command to run inside: the payload of <see cref="FrameType.Open"/> behind <see cref="ChannelKind.Command"/>.</summary>
public sealed record CommandRequest
{
    /// <summary>
    /// The program and its arguments; the program is looked up in the PATH of <see cref="Environment"/> when it has no slash.
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Absolute path of the working directory; entered with the command's own identity.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>User id of the command.</summary>
    public uint Uid { get; init; } = 1000;

    /// <summary>Group id of the command.</summary>
    public uint Gid { get; init; } = 1000;

    /// <summary>Further groups.</summary>
    public IReadOnlyList<uint> Groups { get; init; } = [];

    /// <summary>Capabilities kept by the command, as a bit mask of capabilities(7); 0 by default and for every user but root.</summary>
    public ulong Capabilities { get; init; }

    /// <summary>File mode creation mask; 022 by default.</summary>
    public ushort Umask { get; init; } = 0b000_010_010;

    /// <summary>Limits by RLIMIT_* number (getrlimit(2)), soft and hard alike.</summary>
    public IReadOnlyList<ResourceLimit> ResourceLimits { get; init; } = [];

    /// <summary>Whether standard input stays open for <see cref="ChannelStream.Input"/>; otherwise it is /dev/null.</summary>
    public bool OpenInput { get; init; }

    /// <summary>The terminal to run it on; null for pipes.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>Milliseconds after which the whole tree is killed; 0 for never. The host keeps a deadline of its own.</summary>
    public uint TimeoutMilliseconds { get; init; }

    /// <summary>Whether what the first process left behind is killed when it ends.</summary>
    public bool KillTreeOnExit { get; init; }

    /// <summary>Bytes of <see cref="ChannelStream.Output"/> the guest may send at first.</summary>
    public uint OutputCredit { get; init; } = WireLimits.MinStreamCredit;

    /// <summary>Bytes of <see cref="ChannelStream.Error"/> the guest may send at first.</summary>
    public uint ErrorCredit { get; init; } = WireLimits.MinStreamCredit;

    /// <summary>Writes the payload, without the kind.</summary>
    public void Write(WireWriter writer)
    {
        writer.U32(OutputCredit).U32(ErrorCredit)
            .List(Arguments, static (w, a) => w.Text(a)).List(Environment, static (w, e) => w.Text(e)).Text(WorkingDirectory)
            .U32(Uid).U32(Gid).List(Groups, static (w, g) => w.U32(g)).U64(Capabilities).U16(Umask)
            .List(ResourceLimits, static (w, l) => w.U8(l.Resource).U64(l.Value)).Bool(OpenInput).Bool(Terminal is not null);
        if (Terminal is { } size)
            size.Write(writer);
        writer.U32(TimeoutMilliseconds).Bool(KillTreeOnExit);
    }

    /// <summary>Reads the payload behind the kind.</summary>
    public static CommandRequest Read(ref WireReader reader)
    {
        uint output = reader.U32(), error = reader.U32();
        string[] arguments = reader.Texts(), environment = reader.Texts();
        string directory = reader.Text();
        uint uid = reader.U32(), gid = reader.U32();
        var groups = new uint[reader.Count()];
        for (int i = 0; i < groups.Length; i++)
            groups[i] = reader.U32();
        ulong capabilities = reader.U64();
        ushort umask = reader.U16();
        var limits = new ResourceLimit[reader.Count()];
        for (int i = 0; i < limits.Length; i++)
            limits[i] = new ResourceLimit(reader.U8(), reader.U64());
        bool input = reader.Bool();
        TerminalSize? terminal = reader.Bool() ? TerminalSize.Read(ref reader) : null;
        return new CommandRequest
        {
            OutputCredit = output,
            ErrorCredit = error,
            Arguments = arguments,
            Environment = environment,
            WorkingDirectory = directory,
            Uid = uid,
            Gid = gid,
            Groups = groups,
            Capabilities = capabilities,
            Umask = umask,
            ResourceLimits = limits,
            OpenInput = input,
            Terminal = terminal,
            TimeoutMilliseconds = reader.U32(),
            KillTreeOnExit = reader.Bool(),
        };
    }
}

/// <summary>One resource limit, soft and hard alike.</summary>
/// <param name="Resource">RLIMIT_* number (getrlimit(2)).</param>
/// <param name="Value">Its value in the unit of the resource.</param>
public readonly record struct ResourceLimit(byte Resource, ulong Value);

/// <summary>A terminal's size in character cells.</summary>
/// <param name="Columns">Columns, at least 1.</param>
/// <param name="Rows">Rows, at least 1.</param>
public readonly record struct TerminalSize(ushort Columns, ushort Rows)
{
    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U16(Columns).U16(Rows);

    /// <summary>Reads the payload.</summary>
    public static TerminalSize Read(ref WireReader reader) => new(reader.U16(), reader.U16());
}
