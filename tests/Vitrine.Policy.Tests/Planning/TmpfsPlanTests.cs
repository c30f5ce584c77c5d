using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Planning;

public sealed class TmpfsPlanTests
{
    [Fact]
    public void Plan_EmptyPolicy_HasTheUsualPlaces()
    {
        SandboxPlan plan = Policies.PlanOf("");
        Assert.Equal(new RootPlan(false, 0, 0), plan.Root);
        Assert.Equal(
            [
                new TmpfsPlan("/dev/shm", 64L << 20, 8192, 0x3FF, Executable: false, OwnedByUser: false),
                new TmpfsPlan("/home/user", 64L << 20, 8192, 0x1C0, Executable: false, OwnedByUser: true),
                new TmpfsPlan("/tmp", 512L << 20, 65536, 0x3FF, Executable: false, OwnedByUser: false),
                new TmpfsPlan("/workspace", 512L << 20, 65536, 0x1ED, Executable: true, OwnedByUser: true),
            ], plan.Tmpfs);
    }

    [Fact]
    public void Plan_RootInside_HasItsHomeInMemory() =>
        Assert.Contains(Policies.PlanOf("user: root").Tmpfs, place => place is { Target: "/root", OwnedByUser: true });

    [Fact]
    public void Plan_PlacesOfPolicy_ReplaceAndAdd()
    {
        SandboxPlan plan =
            Policies.PlanOf("tmpfs: [{path: /tmp, size: 1MiB, inodes: 99, exec: true}, {path: /var/cache}]\nworkspace: {size: 2MiB, exec: false}\nroot: {ephemeral: {size: 8MiB}}");
        Assert.Contains(new TmpfsPlan("/tmp", 1 << 20, 99, 0x3FF, true, false), plan.Tmpfs);
        Assert.Contains(new TmpfsPlan("/var/cache", 64L << 20, 8192, 0x1ED, false, true), plan.Tmpfs);
        Assert.Contains(new TmpfsPlan("/workspace", 2 << 20, 1024, 0x1ED, false, true), plan.Tmpfs);
        Assert.Equal(new RootPlan(true, 8 << 20, 1024), plan.Root);
    }

    [Theory]
    [InlineData("100MiB")]
    [InlineData("1MiB")]
    [InlineData("1151MiB")]
    public void Plan_DiskLimit_ShrinksWhatIsNotStated(string disk)
    {
        long limit = Vitrine.Policy.Units.ByteSize.Parse(disk).Value;
        IReadOnlyList<TmpfsPlan> places = Policies.PlanOf($"limits: {{disk: {disk}}}").Tmpfs;
        long sum = places.Sum(place => place.SizeBytes);
        Assert.InRange(sum, limit - (places.Count * 4096), limit);
        Assert.All(places, place => Assert.Equal(0, place.SizeBytes % 4096));
        Assert.All(places, place => Assert.True(place.SizeBytes >= 64 << 10));
    }

    [Fact]
    public void Plan_DiskLimitAboveTheSum_ChangesNothing() =>
        Assert.Equal(Policies.PlanOf("").Tmpfs, Policies.PlanOf("limits: {disk: 1152MiB}").Tmpfs);

    [Fact]
    public void Plan_DiskLimitWithStatedSize_KeepsThat()
    {
        SandboxPlan plan = Policies.PlanOf("limits: {disk: 200MiB}\nworkspace: {size: 150MiB}\nroot: ephemeral");
        Assert.Equal(150L << 20, plan.Tmpfs.Single(place => place.Target is "/workspace").SizeBytes);
        Assert.InRange(plan.Tmpfs.Sum(place => place.SizeBytes) + plan.Root.SizeBytes, 199L << 20, 200L << 20);
    }

    [Fact]
    public void Plan_StatedSizesAboveTheDiskLimit_AreRefused()
    {
        PolicyProblem problem = Policies.SingleError(Policies.Plan("limits: {disk: 100MiB}\nworkspace: {size: 150MiB}"));
        Assert.Equal("disk-exceeded", problem.Code);
        Assert.Equal(1, problem.Line);
    }

    [Theory]
    [InlineData("tmpfs: [{path: /}]", "target-refused")]
    [InlineData("tmpfs: [{path: /proc/x}]", "target-refused")]
    [InlineData("tmpfs: [{path: /sys}]", "target-refused")]
    [InlineData("tmpfs: [{path: /dev}]", "target-refused")]
    [InlineData("tmpfs: [{path: /dev/mqueue}]", "target-refused")]
    [InlineData("tmpfs: [{path: /.vitrine}]", "target-refused")]
    [InlineData("tmpfs: [{path: /etc}]", "target-refused")]
    [InlineData("tmpfs: [{path: /workspace}]", "target-twice")]
    [InlineData("tmpfs: [{path: /x}, {path: /x}]", "target-twice")]
    [InlineData("tmpfs: [{path: /data}]\nmounts: [{source: /srv/a, target: /data}]", "target-twice")]
    [InlineData("mounts: [{source: /srv/a, target: /home}]", "target-overlap")]
    [InlineData("tmpfs: [{path: /data/cache}]\nmounts: [{source: /srv/a, target: /data}]", "target-overlap")]
    public void Plan_PlaceWhereNoneMayBe_IsRefused(string text, string code) =>
        Assert.Equal(code, Policies.SingleError(Policies.Plan(text)).Code);

    [Theory]
    [InlineData("/workspace")]
    [InlineData("/home/user")]
    [InlineData("/tmp")]
    public void Plan_MountAtAUsualPlace_TakesItsPlace(string target)
    {
        SandboxPlan plan = Policies.PlanOf($"mounts: [{{source: /srv/a, target: {target}}}]");
        Assert.DoesNotContain(plan.Tmpfs, place => string.Equals(place.Target, target, StringComparison.Ordinal));
        Assert.Equal(target, Assert.Single(plan.Mounts).Target);
    }

    [Fact]
    public void Plan_MountBelowMemory_IsFine() =>
        Assert.Single(Policies.PlanOf("mounts: [{source: /srv/a, target: /workspace/data}]").Mounts);

    [Fact]
    public void Plan_PlaceLargerThanMemory_IsWarnedOf()
    {
        PlanResult result = Policies.Plan("workspace: {size: 2GiB}");
        Assert.NotNull(result.Plan);
        Assert.Equal("place-above-memory", Assert.Single(result.Problems).Code);
        Assert.Empty(Policies.Plan("workspace: {size: 1GiB}").Problems);
    }
}
