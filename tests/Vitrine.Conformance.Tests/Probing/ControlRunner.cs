using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Probing;

/// <summary>
/// Runs a probe where nothing defends: as root on this host, in a throw-away mount namespace (and an empty network namespace for the probe that sends),
/// with descriptor 9 leaked to it on purpose.
/// </summary>
internal static class ControlRunner
{
    public static async Task<ProbeReport> RunAsync(ProbeScript script, HostCanary canary)
    {
        using var space = new TestSpace();
        var environment = canary.ProbeEnvironment();
        environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        environment["PROBE_CONTROL"] = "1";
        environment["PROBE_SCRATCH"] = space.Scratch;
        environment["SSH_AUTH_SOCK"] = "/nonexistent/agent";
        environment["VITRINE_CANARY"] = "vitrine-canary-variable";
        string[] namespaces = script.Header.GetValueOrDefault("network") == "own" ? ["--net"] : [];
        string[] command =
        [
            "/bin/sh", "-c", "exec 9</ && exec \"$@\"", "control",
            "/usr/bin/unshare", "--mount", "--propagation", "private", .. namespaces,
            .. script.Command,
        ];
        HostResult result = await HostCommand.RunAsync(command, environment);
        return ProbeReport.Parse(result.Output, result.ToString());
    }
}
