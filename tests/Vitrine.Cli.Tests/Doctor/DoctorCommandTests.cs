using System.Text.Json;
using Vitrine.Cli.Commands.Doctor;
using Vitrine.Cli.Tests.Process;
using Vitrine.Cli.Tests.Sandboxes;

namespace Vitrine.Cli.Tests.Doctor;

public sealed class DoctorCommandTests
{
    [Fact]
    public async Task Doctor_Json_AgreesWithItsExitCode()
    {
        CliResult result = await Process.Cli.RunAsync("doctor", "--json");
        using JsonDocument report = JsonDocument.Parse(result.Output);
        JsonElement[] checks = [.. report.RootElement.GetProperty("checks").EnumerateArray()];
        bool missing = checks.Any(static c => c.GetProperty("status").GetString() == "missing");
        Assert.Equal(missing ? 1 : 0, result.ExitCode);
        Assert.Equal(!missing, report.RootElement.GetProperty("usable").GetBoolean());
        Assert.Contains(checks, static c => c.GetProperty("area").GetString() == "runtime");
    }

    [Fact]
    public async Task Doctor_AsRoot_TriesASandbox_UnlessToldNotTo()
    {
        Host.MustMakeSandboxes();
        CliResult tried = await Process.Cli.RunAsync("doctor");
        Assert.Contains("made with the default policy, and a command run in it", tried.Output, StringComparison.Ordinal);
        Assert.Matches("layers +1[0-9] of 18 enforced|layers +all 18 enforced", tried.Output);
        Assert.DoesNotContain("trial", (await Process.Cli.RunAsync("doctor", "--no-trial")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_ToAPipe_HasNoColours()
    {
        CliResult result = await Process.Cli.RunAsync("doctor");
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains("runtime\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NoRuntimeInstalled_SaysHowToGetOne()
    {
        FakeHost host = new();
        IReadOnlyList<Check> checks =
            await RuntimeChecks.RunAsync(host.Files, HostPackages.Of(host.Files), TestContext.Current.CancellationToken);
        Check any = Assert.Single(checks, static c => c.Status == CheckStatus.Missing);
        Assert.Equal("apt-get install crun", any.Mend);
    }
}
