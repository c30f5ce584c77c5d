using FsCheck;
using FsCheck.Fluent;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Tests.Messages;

/// <summary>Any message a well-behaved end may send.</summary>
internal static class MessageGenerators
{
    public static readonly Gen<string> Text = Gen.Choose(0, 40).SelectMany(static n => Rune.ListOf(n)).Select(static r => string.Concat(r));

    public static readonly Gen<byte> U8 = Gen.Choose(0, 255).Select(static n => (byte)n);

    public static readonly Gen<ushort> U16 = Gen.Choose(0, 65535).Select(static n => (ushort)n);

    public static readonly Gen<uint> U32 = U16.SelectMany(static _ => U16, static (a, b) => ((uint)a << 16) | b);

    public static readonly Gen<ulong> U64 = U32.SelectMany(static _ => U32, static (a, b) => ((ulong)a << 32) | b);

    public static readonly Gen<bool> Bool = Gen.Elements(false, true);

    public static readonly Gen<byte[]> Bytes = Gen.Choose(0, 64).SelectMany(static n => U8.ArrayOf(n));

    public static readonly Gen<GuestSetup> Setup =
        from min in U16
        from max in U16
        from switches in Bool
        from filter in Bytes
        from rules in List(Text.SelectMany(static _ => U64, static (p, a) => new LandlockRule(p, a)))
        from require in Bool
        from prepared in U8
        from way in Bool
        select new GuestSetup
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

    public static readonly Gen<CommandRequest> Command =
        from output in U32
        from error in U32
        from arguments in List(Text)
        from environment in List(Text)
        from directory in Text
        from uid in U32
        from gid in U32
        from groups in List(U32)
        from capabilities in U64
        from umask in U16
        from limits in List(U8.SelectMany(static _ => U64, static (r, v) => new ResourceLimit(r, v)))
        from input in Bool
        from terminal in Bool
        from columns in U16
        from rows in U16
        from timeout in U32
        from kill in Bool
        select new CommandRequest
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
            Terminal = terminal ? new TerminalSize(columns, rows) : null,
            TimeoutMilliseconds = timeout,
            KillTreeOnExit = kill,
        };

    public static readonly Gen<FileRequest> File =
        from credit in U32
        from operation in U8
        from path in Text
        from destination in Text
        from offset in U64
        from length in U64
        from mode in U16
        from recursive in Bool
        from inPlace in Bool
        from uid in U32
        from gid in U32
        select new FileRequest
        {
            OutputCredit = credit,
            Operation = (FileOperation)operation,
            Path = path,
            Destination = destination,
            Offset = offset,
            Length = length,
            Mode = mode,
            Recursive = recursive,
            InPlace = inPlace,
            Uid = uid,
            Gid = gid,
        };

    public static readonly Gen<FileEntry> Entry =
        from path in Text
        from type in Gen.Choose(0, 3)
        from size in U64
        from mode in Gen.Choose(0, 4095)
        from uid in U32
        from gid in U32
        from modified in U64
        from target in Text
        select new FileEntry(path, (FileType)type, size, (ushort)mode, uid, gid, modified, target);

    public static readonly Gen<FileEvent> Event = Text.SelectMany(
        static _ => Gen.Choose(1, 6), static (p, c) => new FileEvent(p, (FileChange)c));

    public static readonly Gen<CommandExit> Exit =
        from code in U8
        from signal in Gen.Choose(0, 64)
        from timedOut in Bool
        from user in U64
        from system in U64
        from peak in U64
        select new CommandExit
        {
            Code = code,
            Signal = (byte)signal,
            TimedOut = timedOut,
            UserMicroseconds = user,
            SystemMicroseconds = system,
            PeakResidentBytes = peak,
        };

    public static readonly Gen<GuestReady> Ready =
        from version in U16
        from abi in U16
        from notes in List(Text)
        select new GuestReady(version, abi, notes);

    public static readonly Gen<GoAway> Away = U16.SelectMany(static _ => Text, static (r, m) => new GoAway((GoAwayReason)r, m));

    public static readonly Gen<ChannelOpened> Opened = U32.SelectMany(static _ => U32, static (p, c) => new ChannelOpened(p, c));

    public static readonly Gen<ChannelOpenFailed> OpenFailed = U32.SelectMany(
        static _ => Text, static (e, m) => new ChannelOpenFailed((int)e, m));

    public static readonly Gen<CommandSignal> Signal = U8.SelectMany(static _ => U8, static (s, w) => new CommandSignal(s, (SignalScope)w));

    public static readonly Gen<TerminalSize> Size = U16.SelectMany(static _ => U16, static (c, r) => new TerminalSize(c, r));

    public static readonly Gen<StreamCredit> Credit =
        Gen.Choose(1, WireLimits.MaxStreamCredit).Select(static c => new StreamCredit((uint)c));

    public static readonly Gen<PingToken> Token = U64.Select(static t => new PingToken(t));

    public static readonly Gen<ConnectRequest> Connect =
        from address in U32
        from port in U16
        from credit in Gen.Choose(0, WireLimits.MaxStreamCredit)
        select new ConnectRequest(address, port, (uint)credit);

    public static readonly Gen<ResolveRequest> Question = Bytes.Select(static b => new ResolveRequest(b));

    public static readonly Gen<DialRequest> Dial = U16.Select(static p => new DialRequest(p));

    private static Gen<string> Rune => Gen.Frequency(
        (8, Gen.Choose(32, 126)), (2, Gen.Choose(0, 0xD7FF)), (1, Gen.Choose(0xE000, 0x10FFFF))).Select(char.ConvertFromUtf32);

    private static Gen<List<T>> List<T>(Gen<T> item) => Gen.Choose(0, 6).SelectMany(n => item.ListOf(n)).Select(static l => l.ToList());
}
