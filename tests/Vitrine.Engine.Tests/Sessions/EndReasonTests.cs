using Vitrine.Engine.Sessions;

namespace Vitrine.Engine.Tests.Sessions;

public sealed class EndReasonTests
{
    [Theory]
    [InlineData(EndReason.Exited, 7, 0, 7)]
    [InlineData(EndReason.Signaled, 0, 11, 139)]
    [InlineData(EndReason.Oom, 0, 9, 123)]
    [InlineData(EndReason.Timeout, 0, 9, 124)]
    [InlineData(EndReason.GuestFault, 0, 0, 121)]
    [InlineData(EndReason.Refused, 0, 0, 122)]
    [InlineData(EndReason.RuntimeFailed, 0, 0, 125)]
    public void ToExitCode_Reason_IsTheDocumentedCode(EndReason reason, int code, int signal, int expected) =>
        Assert.Equal(expected, reason.ToExitCode(code, signal));

    [Fact]
    public void ToName_EveryReason_HasAKebabCaseName()
    {
        foreach (EndReason reason in Enum.GetValues<EndReason>())
            Assert.Matches("^[a-z]+(-[a-z]+)*$", reason.ToName());
    }
}
