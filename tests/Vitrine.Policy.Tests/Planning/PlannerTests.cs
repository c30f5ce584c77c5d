using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Planning;

public sealed class PlannerTests
{
    [Fact]
    public void Plan_Egress_IsInThePlanWhenAnyHostIsAllowed()
    {
        Assert.Equal("api.example.org", Assert.Single(Policies.PlanOf("egress: {allow: [api.example.org]}").Egress!.Allow).Host);
        Assert.Null(Policies.PlanOf("egress: {allow: [], deny: [a.org]}").Egress);
        Assert.Null(Policies.PlanOf("").Egress);
    }

    [Theory]
    [InlineData("2026-01-31T11:59:59Z", "debug-expired")]
    [InlineData("2026-01-31T12:00:00Z", "debug-expired")]
    [InlineData("2026-02-01T12:00:01Z", "debug-too-long")]
    [InlineData("2026-01-31T12:59:00+01:00", "debug-expired")]
    public void Plan_DebugOutsideItsTime_IsRefused(string until, string code) =>
        Assert.Equal(code, Policies.SingleError(Policies.Plan($"debug: {{until: {until}, reason: x}}")).Code);

    [Theory]
    [InlineData("2026-01-31T12:00:01Z")]
    [InlineData("2026-02-01T12:00:00Z")]
    [InlineData("2026-01-31T14:00+01:00")]
    public void Plan_DebugWithinItsTime_IsMarkedInPlanAndWarning(string until)
    {
        PlanResult result = Policies.Plan($"debug: {{until: {until}, reason: strace it, disable: [seccomp, landlock, deadlines]}}");
        Assert.NotNull(result.Plan);
        Assert.NotNull(result.Plan.DebugUntil);
        Assert.Equal([Layer.Seccomp, Layer.Landlock, Layer.Deadlines], result.Plan.DisabledLayers.Order());
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (result.Plan.Limits.WallClock, result.Plan.Limits.Idle));
        Assert.Empty(result.Plan.Landlock);
        PolicyProblem warning = Assert.Single(result.Problems);
        Assert.Equal(("debug", ProblemSeverity.Warning), (warning.Code, warning.Severity));
        Assert.Contains("strace it", warning.Message, StringComparison.Ordinal);
        Assert.Contains("seccomp", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_WithoutDebug_IsNotMarkedAndHasEveryLayer()
    {
        SandboxPlan plan = Policies.PlanOf("layers: {require: [landlock, user-namespace, apparmor]}");
        Assert.Null(plan.DebugUntil);
        Assert.Empty(plan.DisabledLayers);
        Assert.Equal([Layer.UserNamespace, Layer.Landlock, Layer.AppArmor], plan.RequiredLayers.Order());
        Assert.NotEmpty(plan.Landlock);
        Assert.NotEqual(0, plan.Seccomp.Command.Length);
        Assert.NotEqual(0, plan.Seccomp.Outer.Length);
    }

    [Fact]
    public void Plan_LayerRequiredAndTurnedOff_IsRefused() =>
        Assert.Equal("layer-conflict",
            Policies.SingleError(Policies.Plan("layers: {require: [landlock]}\ndebug: {until: 2026-01-31T13:00:00Z, reason: x, disable: [landlock]}")).Code);

    [Theory]
    [InlineData("", "user", 1000u, 1000u, 0ul)]
    [InlineData("user: root", "root", 0u, 0u, 0ul)]
    [InlineData("user: 1234", "user", 1234u, 1234u, 0ul)]
    [InlineData("user: 0", "root", 0u, 0u, 0ul)]
    [InlineData("user: {name: bob, uid: 7, gid: 8}", "bob", 7u, 8u, 0ul)]
    [InlineData("user: {name: root, capabilities: [CHOWN, cap_fowner, DAC_OVERRIDE]}", "root", 0u, 0u, 0b1011ul)]
    public void Plan_User_IsTaken(string text, string name, uint uid, uint gid, ulong capabilities) =>
        Assert.Equal(new IdentityPlan(name, uid, gid, capabilities), Policies.PlanOf(text).User);

    [Theory]
    [InlineData("host", ImageKind.Host, "")]
    [InlineData("/srv/images/debian", ImageKind.Directory, "/srv/images/debian")]
    [InlineData("./rootfs", ImageKind.Directory, "/home/alice/project/rootfs")]
    public void Plan_Image_IsTaken(string image, ImageKind kind, string path) =>
        Assert.Equal(new ImagePlan(kind, path), Policies.PlanOf($"image: {image}").Image);

    [Theory]
    [InlineData("/", "mount-system")]
    [InlineData("/nowhere", "image-missing")]
    [InlineData("/home/alice/.netrc", "image-missing")]
    [InlineData("/home/alice", "mount-home")]
    [InlineData("/etc", "mount-system")]
    [InlineData("debian", "image-path")]
    public void Plan_ImageThatMayNotBe_IsRefused(string image, string code) =>
        Assert.Equal(code, Policies.SingleError(Policies.Plan($"image: {image}")).Code);

    [Fact]
    public void Plan_ImageBelowOurOwnState_IsFine() =>
        Assert.Equal("/var/lib/vitrine", Policies.PlanOf("image: /var/lib/vitrine").Image.Path);

    [Fact]
    public void Plan_CallerNamesAnotherImage_IsRefused()
    {
        Assert.Equal("request-widens", Policies.SingleError(Policies.Plan("", new PlanRequest { Image = "/srv/other" })).Code);
        Assert.NotNull(Policies.Plan("image: /srv/x", new PlanRequest { Image = "/srv/x" }).Plan);
        Assert.Equal("/srv/other", Policies.PlanOf("", Policies.Operator with { Image = "/srv/other" }).Image.Path);
    }

    [Theory]
    [InlineData("/proc/self/fd/3")]
    [InlineData("relative")]
    [InlineData("/a/../b")]
    public void Plan_WorkingDirectoryThatLeadsElsewhere_IsRefused(string directory) =>
        Assert.Equal("path-form", Policies.SingleError(Policies.Plan("", Policies.Operator with { WorkingDirectory = directory })).Code);

    [Fact]
    public void Plan_SeveralMistakes_AreReportedAllAtOnce()
    {
        PlanResult result =
            Policies.Plan("egress: {allow: [a.org], authorities: [/nowhere.pem]}\nimage: /\nmounts: [{source: /proc, target: /p}, {source: ~/x, target: /sys}, {source: /nowhere, target: /y}]");
        Assert.Equal(["authority-missing", "mount-system", "mount-system", "mount-missing", "target-refused", "mount-missing"],
            result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error)
                .Select(problem => problem.Code), StringComparer.Ordinal);
    }
}
