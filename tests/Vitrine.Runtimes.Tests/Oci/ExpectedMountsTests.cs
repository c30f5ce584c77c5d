using Vitrine.Linux.Mounts;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Checking;

namespace Vitrine.Runtimes.Tests.Oci;

public sealed class ExpectedMountsTests
{
    private static readonly SandboxPlan Plan = Plans.Default(new MountPlan("/srv/in", "/workspace/in", true, false, false, [".git"]), new MountPlan("/srv/out", "/workspace/out", false, true, false, []));

    private const string AsPlanned = """
        1 0 0:40 /device-files /dev ro,nosuid,noexec,relatime - tmpfs tmpfs rw,mode=755
        2 1 0:41 / /dev/pts rw,nosuid,noexec,relatime - devpts devpts rw
        3 1 0:42 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw
        4 0 0:43 / / ro,nosuid,nodev,relatime - overlay overlay ro
        5 4 0:44 / /.vitrine ro,nosuid,nodev,relatime - overlay overlay ro
        6 4 0:45 / /usr ro,nosuid,nodev,relatime - overlay overlay ro
        7 4 0:46 / /home/user rw,nosuid,nodev,relatime - tmpfs tmpfs rw
        8 4 0:47 / /tmp rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw
        9 4 0:48 / /workspace rw,nosuid,nodev,relatime - tmpfs tmpfs rw
        10 9 0:49 / /workspace/in ro,nosuid,nodev,noexec,relatime - overlay overlay ro
        11 10 0:49 /empty /workspace/in/.git ro,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw
        12 9 8:1 /srv/out /workspace/out rw,nosuid,nodev,relatime,idmapped - ext4 /dev/sda1 rw
        13 4 0:50 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
        14 4 0:51 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs rw
        15 13 0:52 / /proc/acpi ro,relatime - tmpfs tmpfs rw
        16 13 0:50 /sys /proc/sys ro,relatime - proc proc rw

        """;

    [Fact]
    public void Compare_AsPlanned_FindsNothing() => Assert.Empty(Compare(AsPlanned));

    [Theory]
    [InlineData("8 4 0:47 / /tmp rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw\n", "", "/tmp is missing")]
    [InlineData("/workspace/in ro,", "/workspace/in rw,", "/workspace/in is NoSetId, NoDevices, NoExecute instead of ReadOnly, NoSetId, NoDevices, NoExecute")]
    [InlineData("/workspace/out rw,nosuid,nodev", "/workspace/out rw,relatime", "/workspace/out is None instead of NoSetId, NoDevices")]
    [InlineData("/tmp rw,nosuid,nodev,noexec", "/tmp rw,nosuid,nodev", "/tmp is NoSetId, NoDevices instead of NoSetId, NoDevices, NoExecute")]
    [InlineData("0:49 / /workspace/in ro,nosuid,nodev,noexec,relatime - overlay overlay", "8:1 / /workspace/in ro,nosuid,nodev,noexec,relatime - ext4 /dev/sda1", "/workspace/in is ext4 instead of overlay")]
    [InlineData("14 4 0:51", "17 4 8:1 /etc /mnt rw,relatime - ext4 /dev/sda1 rw\n14 4 0:51", "/mnt (ext4) is not in the plan")]
    [InlineData("14 4 0:51", "17 8 0:60 / /tmp rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw\n14 4 0:51", "/tmp (tmpfs) is not in the plan")]
    [InlineData("/proc/sys ro", "/proc/sys rw", "the cover of /proc/sys is writable")]
    public void Compare_OneDifference_IsNamed(string from, string to, string expected)
    {
        Assert.Contains(from, AsPlanned, StringComparison.Ordinal);
        Assert.Equal([expected], Compare(AsPlanned.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_WritableRoot_IsNotReadOnly()
    {
        IReadOnlyList<ExpectedMount> mounts = ExpectedMounts.Of(Plan with { Root = new RootPlan(true, 1 << 20, 100) }, [], static _ => true);
        Assert.Equal(MountAttributes.NoSetId | MountAttributes.NoDevices, mounts.Single(static m => m.Path == "/").Attributes);
    }

    private static IReadOnlyList<string> Compare(string mountinfo) => ExpectedMounts.Compare(Plan, ExpectedMounts.Of(Plan, ["usr"], static _ => true), MountEntry.Parse(mountinfo));
}
