using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The host's <see cref="FrameType.Hello"/>: what the guest applies to itself and to each command before it answers.</summary>
public sealed record GuestSetup
{
    /// <summary>Oldest version the host speaks.</summary>
    public ushort MinVersion { get; init; } = WireLimits.MinVersion;

    /// <summary>Newest version the host speaks.</summary>
    public ushort MaxVersion { get; init; } = WireLimits.MaxVersion;

    /// <summary>
    /// Whether the guest runs as its own uid with SETUID, SETGID, SETPCAP and KILL, and so can give commands another uid. False where the
    /// engine has no user namespace.
    /// </summary>
    public bool SwitchesUser { get; init; } = true;

    /// <summary>The classic BPF program each command runs under: 8 bytes an instruction, host byte order; empty for none.</summary>
    public ReadOnlyMemory<byte> CommandFilter { get; init; }

    /// <summary>The Landlock rules of the one domain the guest enters; empty for none.</summary>
    public IReadOnlyList<LandlockRule> Landlock { get; init; } = [];

    /// <summary>Whether the start fails when the kernel has no Landlock.</summary>
    public bool RequireLandlock { get; init; }

    /// <summary>Helpers to keep prepared for the next command, 0 to 4.</summary>
    public byte PreparedHelpers { get; init; }

    /// <summary>
    /// Whether there is a way out: the guest then listens for connections and DNS questions before it locks itself down, and asks the host to
    /// take them.
    /// </summary>
    public bool HasWayOut { get; init; }

    /// <summary>
    /// The newest version the host offers among those the reader speaks; null for none: then the guest says GoAway VersionMismatch.
    /// </summary>
    /// <param name="min">Oldest version the reader speaks.</param>
    /// <param name="max">Newest version the reader speaks.</param>
    public ushort? ChooseVersion(ushort min = WireLimits.MinVersion, ushort max = WireLimits.MaxVersion)
    {
        ushort newest = Math.Min(max, MaxVersion);
        return newest >= Math.Max(min, MinVersion) ? newest : null;
    }

    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer
        .U32(Magic).U16(MinVersion).U16(MaxVersion).Bool(SwitchesUser).Blob(CommandFilter.Span)
        .List(Landlock, static (w, r) => w.Text(r.Path).U64(r.Access)).Bool(RequireLandlock).U8(PreparedHelpers).Bool(HasWayOut);

    /// <summary>Reads the payload.</summary>
    public static GuestSetup Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        if (reader.U32() != Magic)
            throw new ProtocolException("the first frame is not a vitrine hello");
        ushort min = reader.U16(), max = reader.U16();
        bool switches = reader.Bool();
        byte[] filter = reader.Blob().ToArray();
        var rules = new LandlockRule[reader.Count()];
        for (int i = 0; i < rules.Length; i++)
            rules[i] = new LandlockRule(reader.Text(), reader.U64());
        bool require = reader.Bool();
        byte prepared = reader.U8();
        bool way = reader.Bool();

        // A newer host may append fields: what follows is not ours to judge (docs/protocol.md, versions).
        return new GuestSetup
        {
            MinVersion = min,
            MaxVersion = max,
            SwitchesUser = switches,
            CommandFilter = filter,
            Landlock = rules,
            RequireLandlock = require,
            PreparedHelpers = prepared,
            HasWayOut = way,
        };
    }

    private const uint Magic = 0x4e525456; // "VTRN"
}

/// <summary>One path beneath which the domain allows the given accesses.</summary>
/// <param name="Path">Absolute path inside the sandbox.</param>
/// <param name="Access">LANDLOCK_ACCESS_FS_* bits (landlock(7)); bits the kernel does not know are dropped.</param>
public sealed record LandlockRule(string Path, ulong Access);
