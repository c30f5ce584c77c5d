using System.Security.Cryptography;
using System.Text;
using Vitrine.Conformance.Tests.Residue;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Probing;

/// <summary>
/// The probe that sends packets, by the command line. The host's side runs in a network namespace of the test's own, where the addresses asked for are
/// those of a listener: a packet that gets out of the sandbox reaches the canary and never the machine's real network.
/// </summary>
public abstract class NetworkProbeTests(string runtime, HostCanary canary) : IClassFixture<HostCanary>
{
    private const string Canary = """
        import os, select, socket, subprocess, sys, time
        log, command = sys.argv[1], sys.argv[2:]
        for arguments in [["link", "set", "lo", "up"]] + [["addr", "add", a + "/32", "dev", "lo"] for a in
                ("192.0.2.1", "198.51.100.7", "10.0.0.1", "172.17.0.1", "169.254.169.254", "100.100.100.200")]:
            subprocess.check_call(["/usr/sbin/ip"] + arguments)
        listeners = []
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            listener = socket.socket(socket.AF_INET, kind)
            listener.bind(("0.0.0.0", 8853))
            if kind == socket.SOCK_STREAM:
                listener.listen(64)
            listeners.append(listener)
        child = subprocess.Popen(command)
        visits = 0
        while child.poll() is None or select.select(listeners, [], [], 0.2)[0]:
            for ready in select.select(listeners, [], [], 0.05)[0]:
                ready.accept() if ready.type == socket.SOCK_STREAM else ready.recv(4096)
                visits += 1
        open(log, "w").write(str(visits))
        sys.exit(child.returncode)
        """;

    [Fact]
    public async Task Attempts_ToSend_AreAllHeld_AndNothingReachesTheCanary()
    {
        Require();
        using var space = new TestSpace();
        ProbeScript script = ProbeScript.Load("03_network.py");
        string[] variables = [.. canary.ProbeEnvironment().SelectMany(v => (string[])["--env", $"{v.Key}={v.Value}"])];
        (HostResult result, int visits) = await WatchedAsync(space, [HostPrograms.RequireCli(), "run", .. variables, "--", .. script.Command]);
        ProbeReport report = ProbeReport.Parse(result.Output, result.ToString());
        Assert.Empty(report.Lines.Where(l => l.Verdict != ProbeVerdict.Held).Select(l => l.ToString()));
        Assert.Equal(0, visits);
    }

    [Fact]
    public async Task Control_TheCanary_SeesAProgramThatIsNotInASandbox()
    {
        Require();
        using var space = new TestSpace();
        string mark = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(space.Name)))[..8];
        (HostResult result, int visits) = await WatchedAsync(space,
            ["/usr/bin/python3", "-I", "-c", $"import socket; socket.create_connection(('192.0.2.1', 8853), 2); socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'{mark}', ('10.0.0.1', 8853))"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(2, visits);
    }

    private async Task<(HostResult Result, int Visits)> WatchedAsync(TestSpace space, IReadOnlyList<string> command)
    {
        string log = Path.Combine(space.Scratch, "visits");
        HostResult result = await HostCommand.RunAsync(
            ["/usr/bin/unshare", "--net", "/usr/bin/python3", "-I", "-c", Canary, log, .. command], CommandLineRun.EnvironmentOf(space, runtime));
        Assert.True(File.Exists(log), result.ToString());
        return (result, int.Parse(await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture));
    }

    private void Require()
    {
        TestMode.RequireRoot();
        Assert.SkipUnless(HostPrograms.Find(runtime) is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        _ = HostPrograms.RequireCli();
    }
}

public sealed class CrunNetworkProbeTests(HostCanary canary) : NetworkProbeTests("crun", canary);

public sealed class RuncNetworkProbeTests(HostCanary canary) : NetworkProbeTests("runc", canary);
