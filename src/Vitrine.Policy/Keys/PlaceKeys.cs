namespace Vitrine.Policy.Keys;

/// <summary>Keys of the places inside: workspace, mounts, root, memory file systems.</summary>
internal static class PlaceKeys
{
    private const string PathPattern = "^/";
    private const long MaxSize = 1L << 40;

    public static readonly SizeShape PlaceSize = new(64L << 10, MaxSize);
    public static readonly IntegerShape PlaceInodes = new(16, 100_000_000);
    public static readonly ChoiceShape AccessChoice = new(["ro", "rw"]);

    public static readonly Key<SizeShape> Size = new("size", PlaceSize, "Most bytes. They count as the sandbox's memory.", "", "256MiB");
    public static readonly Key<IntegerShape> Inodes = new("inodes", PlaceInodes, "Most files; by default one for each 8 KiB of the size.",
        "", "50000");
    public static readonly Key<FlagShape> Exec = new("exec", new FlagShape(), "Whether its files may be executed.", "false", "true");
    public static readonly Key<ChoiceShape> Access = new("access", AccessChoice, "`ro` read-only, or `rw`.", "ro", "rw");
    public static readonly Key<ChoiceShape> Owner = new("owner", new ChoiceShape(["user", "root"]),
        "`root` lets commands write files of the host's root; only with `access: rw`, and only where it must be.", "user", "root");

    public static readonly Key<SizeShape> WorkspaceSize = new("size", PlaceSize, "Most bytes when it is memory.", "512MiB", "2GiB");
    public static readonly Key<FlagShape> WorkspaceExec =
        new("exec", new FlagShape(), "Whether its files may be executed.", "true", "false");
    public static readonly Key<TextShape> WorkspaceMount = new("mount", new TextShape(4096),
        "A directory of the host instead of memory; judged like any mount. A relative path starts where the command is given.", "", ".");
    public static readonly SectionShape Workspace = new([WorkspaceSize, Inodes, WorkspaceExec, WorkspaceMount, Access, Owner]);

    public static readonly Key<TextShape> Source = new("source", new TextShape(4096),
        "Path on the host: absolute, `~/…`, or starting with `.` (from where the command is given). Links are resolved before it is judged.", "", "./data", true);
    public static readonly Key<TextShape> Target = new("target", new TextShape(4096, PathPattern), "Absolute path inside.", "", "/data",
        true);
    public static readonly ListShape MaskList = new(new TextShape(4096), 256);
    public static readonly ChoiceShape MaskAuto = new(["auto"]);
    public static readonly Key<UnionShape> Mask = new("mask", new UnionShape([MaskAuto, MaskList]),
        "Paths and patterns below it (`*`, `**`, `?`) that are covered by nothing, or `auto` for every file that looks like a secret. Only with `access: ro`.",
        "[]", "auto");
    public static readonly SectionShape Mount = new([Source, Target, Access, Exec, Owner, Mask]);

    public static readonly Key<SizeShape> RootSize = new("size", PlaceSize, "Most bytes of the throw-away layer.", "256MiB", "1GiB");
    public static readonly SectionShape Ephemeral = new([RootSize]);
    public static readonly Key<SectionShape> RootEphemeral =
        new("ephemeral", Ephemeral, "A writable layer in memory that ends with the sandbox.");
    public static readonly ChoiceShape RootReadOnly = new(["read-only", "ephemeral"]);
    public static readonly SectionShape RootSection = new([RootEphemeral]);

    public static readonly Key<TextShape> TmpfsPath = new("path", new TextShape(4096, PathPattern),
        "Absolute path inside. `/tmp`, `/dev/shm` and the home directory exist anyway; naming one changes it.", "", "/var/cache", true);
    public static readonly SectionShape Tmpfs = new([TmpfsPath, Size, Inodes, Exec]);
}
