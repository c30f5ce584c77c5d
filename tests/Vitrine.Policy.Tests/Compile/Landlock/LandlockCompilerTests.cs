using System.Globalization;
using System.Text.RegularExpressions;
using Vitrine.Policy.Compile.Landlock;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Landlock;

public sealed partial class LandlockCompilerTests
{
    private static readonly RootPlan s_readOnly = new(Writable: false, 0, 0);
    private static readonly TmpfsPlan s_tmp = new("/tmp", 1 << 20, 100, 0b001_111_111_111, Executable: false, OwnedByUser: false);
    private static readonly MountPlan s_read = new("/srv/data", "/data", ReadOnly: true, Executable: true, MapRootOwner: false, []);
    private static readonly MountPlan s_write = new("/srv/out", "/out", ReadOnly: false, Executable: true, MapRootOwner: false, []);

    [Theory]
    [InlineData("/", LandlockAccess.Execute, true)]
    [InlineData("/usr/bin/true", LandlockAccess.Execute, true)]
    [InlineData("/etc/passwd", LandlockAccess.ReadFile, true)]
    [InlineData("/etc/passwd", LandlockAccess.WriteFile, false)]
    [InlineData("/proc/sys/kernel/core_pattern", LandlockAccess.WriteFile, false)]
    [InlineData("/sys/fs/cgroup/cgroup.procs", LandlockAccess.WriteFile, false)]
    [InlineData("/tmp/a/b", LandlockAccess.WriteFile, true)]
    [InlineData("/tmp", LandlockAccess.MakeFile, true)]
    [InlineData("/tmp", LandlockAccess.MakeSocket, true)]
    [InlineData("/tmp", LandlockAccess.Refer, true)]
    [InlineData("/tmp", LandlockAccess.MakeCharacterDevice, false)]
    [InlineData("/tmp", LandlockAccess.MakeBlockDevice, false)]
    [InlineData("/tmpfoo", LandlockAccess.WriteFile, false)]
    [InlineData("/data/x", LandlockAccess.ReadFile, true)]
    [InlineData("/data/x", LandlockAccess.WriteFile, false)]
    [InlineData("/out/x", LandlockAccess.Truncate, true)]
    [InlineData("/out", LandlockAccess.MakeDirectory, true)]
    [InlineData("/out", LandlockAccess.MakeSocket, false)]
    [InlineData("/out", LandlockAccess.MakeFifo, false)]
    [InlineData("/dev/null", LandlockAccess.WriteFile, true)]
    [InlineData("/dev/pts/3", LandlockAccess.DeviceControl, true)]
    [InlineData("/dev/pts/3", LandlockAccess.WriteFile, true)]
    [InlineData("/dev/kvm", LandlockAccess.WriteFile, false)]
    [InlineData("/dev", LandlockAccess.MakeCharacterDevice, false)]
    public void Compile_ReadOnlyRoot_AllowsChangesOnlyAtWritablePlaces(string path, ulong access, bool allowed)
    {
        var rules = LandlockCompiler.Compile(s_readOnly, [s_tmp], [s_read, s_write]);

        Assert.Equal(allowed, Allows(rules, path, access));
    }

    [Fact]
    public void Compile_WritableRoot_AllowsChangesButNoDevices()
    {
        var rules = LandlockCompiler.Compile(new(Writable: true, 1 << 20, 100), [], []);

        Assert.True(Allows(rules, "/etc/passwd", LandlockAccess.WriteFile));
        Assert.False(Allows(rules, "/etc", LandlockAccess.MakeCharacterDevice));
        Assert.False(Allows(rules, "/etc/x", LandlockAccess.DeviceControl));
    }

    [Fact]
    public void Compile_PathNamedTwice_HasOneRuleInOrder()
    {
        var rules = LandlockCompiler.Compile(s_readOnly, [s_tmp, s_tmp with { Target = "/out" }], [s_write]);

        Assert.Equal([.. rules.Select(rule => rule.Path).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            rules.Select(rule => rule.Path).ToArray());
        Assert.True(Allows(rules, "/out", LandlockAccess.MakeSocket));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0x1FFF)]
    [InlineData(2, 0x3FFF)]
    [InlineData(3, 0x7FFF)]
    [InlineData(4, 0x7FFF)]
    [InlineData(5, 0xFFFF)]
    [InlineData(7, 0xFFFF)]
    public void Handled_Abi_HasEveryAccessOfIt(int abi, ulong expected) => Assert.Equal(expected, LandlockAccess.Handled(abi));

    [Fact]
    public void Constants_ThisMachinesHeader_Agrees()
    {
        var header = Tools.Run("gcc", ["-E", "-dM", "-"], "#include <linux/landlock.h>\n");
        Assert.SkipUnless(header is { Status: 0 }, "gcc or linux/landlock.h is missing: the constants were not compared");
        Dictionary<string, ulong> expected = new(StringComparer.Ordinal)
        {
            ["EXECUTE"] = LandlockAccess.Execute,
            ["WRITE_FILE"] = LandlockAccess.WriteFile,
            ["READ_FILE"] = LandlockAccess.ReadFile,
            ["READ_DIR"] = LandlockAccess.ReadDirectory,
            ["REMOVE_DIR"] = LandlockAccess.RemoveDirectory,
            ["REMOVE_FILE"] = LandlockAccess.RemoveFile,
            ["MAKE_CHAR"] = LandlockAccess.MakeCharacterDevice,
            ["MAKE_DIR"] = LandlockAccess.MakeDirectory,
            ["MAKE_REG"] = LandlockAccess.MakeFile,
            ["MAKE_SOCK"] = LandlockAccess.MakeSocket,
            ["MAKE_FIFO"] = LandlockAccess.MakeFifo,
            ["MAKE_BLOCK"] = LandlockAccess.MakeBlockDevice,
            ["MAKE_SYM"] = LandlockAccess.MakeSymbolicLink,
            ["REFER"] = LandlockAccess.Refer,
            ["TRUNCATE"] = LandlockAccess.Truncate,
            ["IOCTL_DEV"] = LandlockAccess.DeviceControl,
        };

        var defined = Define().Matches(header!.Value.Output).ToDictionary(match => match.Groups["name"].Value,
            match => 1ul << int.Parse(match.Groups["bit"].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

        Assert.True(defined.Count >= 13, $"only {defined.Count} constants were read");
        Assert.All(defined, entry => Assert.Equal(entry.Value, expected[entry.Key]));
    }

    // A rule on the path or on any parent (landlock(7)).
    private static bool Allows(IEnumerable<LandlockPlan> rules, string path, ulong access) =>
        rules.Any(rule => (rule.Access & access) == access
            && (path == rule.Path || path.StartsWith(rule.Path == "/" ? "/" : rule.Path + "/", StringComparison.Ordinal)));

    [GeneratedRegex(@"^#define LANDLOCK_ACCESS_FS_(?<name>\w+) \(1ULL << (?<bit>\d+)\)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Define();
}
