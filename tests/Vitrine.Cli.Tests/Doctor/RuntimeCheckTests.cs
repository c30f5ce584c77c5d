using Vitrine.Cli.Commands.Doctor;

namespace Vitrine.Cli.Tests.Doctor;

public sealed class RuntimeCheckTests
{
    [Theory]
    [InlineData("runc", "runc version 1.1.5+ds1\ncommit: x", "CVE-2024-21626", true)]
    [InlineData("runc", "runc version 1.1.12\ncommit: x", "CVE-2024-21626", false)]
    [InlineData("runc", "runc version 1.2.0-rc.2\ncommit: x", "CVE-2024-45310", true)]
    [InlineData("runc", "runc version 1.2.0\ncommit: x", "CVE-2024-45310", false)]
    [InlineData("runc", "runc version 1.1.15\ncommit: x", "CVE-2025-31133", true)]
    [InlineData("runc", "runc version 1.2.7", "CVE-2025-31133", true)]
    [InlineData("runc", "runc version 1.2.8", "CVE-2025-31133", false)]
    [InlineData("runc", "runc version 1.3.2", "CVE-2025-31133", true)]
    [InlineData("runc", "runc version 1.5.0", "CVE-2025-31133", false)]
    [InlineData("crun", "crun version 1.4.3\n", "CVE-2022-27650", true)]
    [InlineData("crun", "crun version 1.8.1\n", "CVE-2022-27650", false)]
    public void Judge_VersionBesideAFix_NamesTheHoleOrNot(string name, string text, string hole, bool expected) =>
        Assert.Equal(expected, Judge(name, text).Detail.Contains(hole, StringComparison.Ordinal));

    [Fact]
    public void Judge_NothingKnown_IsOk() => Assert.Equal(CheckStatus.Ok, Judge("runc", "runc version 1.4.1").Status);

    [Fact]
    public void Judge_OnlyWhatIsNotUsedHere_IsOkAndStillNamed()
    {
        Check check = Judge("crun", "crun version 1.8.1");
        Assert.Equal(CheckStatus.Ok, check.Status);
        Assert.Contains("CVE-2025-24965", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_PackagedByADistribution_SaysThatItMayBeMended() =>
        Assert.Contains("apt-get changelog runc", Judge("runc", "runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1").Detail,
            StringComparison.Ordinal);

    [Fact]
    public void Judge_NotAVersion_IsMissing() =>
        Assert.Equal(CheckStatus.Missing, Judge("crun", "posix_spawn(/usr/bin/crun): Exec format error (errno 8)").Status);

    private static Check Judge(string name, string text) =>
        RuntimeChecks.Judge(name, "/usr/bin/" + name, text, HostPackages.Of(new FakeHost().Files));
}
