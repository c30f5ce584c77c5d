using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Vitrine.Conformance.Tests.Egress.World;
using Vitrine.Conformance.Tests.Probing;
using Vitrine.Conformance.Tests.Residue;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>
/// The probes of the way out, on the near side of the tests' internet: each attempt is held inside a sandbox with the policy that the script's header gives,
/// not a packet reaches the canary, and the audit trail has the records the header names; each falls where nothing defends.
/// </summary>
[Collection(OutsideDefinition.Name)]
public sealed class EgressProbeTests(OutsideWorld world, ITestOutputHelper output)
{
    /// <summary>What the gateway puts in for the placeholder: 40 hex digits, as probe 27 looks for.</summary>
    private readonly string _secret = RandomNumberGenerator.GetHexString(40, lowercase: true);

    public static TheoryData<string> Scripts => [.. ProbeScript.FileNames.Where(f => ProbeScript.Load(f).IsOutside)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Attempts_InASandbox_AreAllHeld(string fileName)
    {
        ProbeScript script = ProbeScript.Load(fileName);
        using var space = new TestSpace();
        SetNames();
        using var neighbourSpace = new TestSpace();
        await using DrivenShell? neighbour = script.Header.ContainsKey("neighbour") ? await NeighbourAsync(neighbourSpace) : null;
        long nearBefore = world.NearEcho.Received;
        int attackerBefore = world.Names.QuestionsBelow("attacker.example").Count;
        int seenBefore = world.Web.Seen.Count;
        int laxBefore = world.Lax.Requests.Count;
        _ = world.Canary.Take();

        string policy = Path.Combine(space.Scratch, "policy.yaml");
        await File.WriteAllTextAsync(policy, PolicyOf(script), TestContext.Current.CancellationToken);
        Dictionary<string, string> environment = CommandLineRun.EnvironmentOf(space, "crun");
        environment["PROBE_SECRET"] = _secret;
        string[] variables = [.. ProbeVariables().SelectMany(v => (string[])["--env", $"{v.Key}={v.Value}"])];
        HostResult result = await HostCommand.RunAsync(
            world.Near.Enter([HostPrograms.RequireCli(), "run", "--policy", policy, .. variables, "--", .. script.Command]), environment, TimeSpan.FromMinutes(5));
        ProbeReport report = ProbeReport.Parse(result.Output, result.ToString());
        foreach (ProbeLine line in report.Lines)
            output.WriteLine(line.ToString());

        Assert.NotEmpty(report.Lines);
        Assert.Empty(report.Lines.Where(l => l.Verdict != ProbeVerdict.Held).Select(l => l.ToString()));
        Assert.Empty(world.Canary.Take().Select(p => p.ToString()).Distinct());
        Assert.Equal(nearBefore, world.NearEcho.Received);
        Assert.Equal(attackerBefore, world.Names.QuestionsBelow("attacker.example").Count);
        Assert.DoesNotContain(world.Web.Seen.Skip(seenBefore), r => !r.Host.Split(':')[0].EndsWith(".allowed.example", StringComparison.Ordinal));
        Assert.Empty(world.Lax.Requests.Skip(laxBefore).Where(IsAmbiguous));
        if (script.Header.ContainsKey("secrets"))
            AssertSecretWentToItsHostAlone([.. world.Web.Seen.Skip(seenBefore)]);
        await AssertRecordsAsync(script, space, environment);
        Assert.DoesNotContain(_secret, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Control_WithoutSandbox_EachAttemptFalls(string fileName)
    {
        ProbeScript script = ProbeScript.Load(fileName);
        using var space = new TestSpace();
        SetNames();
        await world.Near.RunAllAsync("ip addr add 198.18.0.1/32 dev lo");
        try
        {
            using Process proxy = await OpenProxyAsync();
            Dictionary<string, string> environment = ProbeVariables();
            environment["PROBE_CONTROL"] = "1";
            environment["PROBE_SCRATCH"] = space.Scratch;
            environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
            environment["SERVICE_KEY"] = _secret;
            HostResult result = await HostCommand.RunAsync(world.WithoutSandbox(script.Command), environment, TimeSpan.FromMinutes(5));
            proxy.Kill();
            await proxy.WaitForExitAsync(TestContext.Current.CancellationToken);
            ProbeReport report = ProbeReport.Parse(result.Output, result.ToString());
            Assert.NotEmpty(report.Lines);
            Assert.Empty(report.Lines.Where(l => l.Verdict != ProbeVerdict.Fell).Select(l => l.ToString()));
        }
        finally
        {
            await world.Near.RunAllAsync("ip addr del 198.18.0.1/32 dev lo");
        }
    }

    [Fact]
    public void Numbers_1To27_EachHaveAProbe()
    {
        // 23, 24 and 25 are about what the host does while a program inside tries: HammeringTests, DangerousPolicyTests, RevocationTests.
        int[] byScripts = [.. Scripts.Select(f => ProbeScript.Load(f.Data).Number)];
        Assert.Equal(Enumerable.Range(1, 27).Except([23, 24, 25]), byScripts.Distinct().Order());
    }

    /// <summary>Whether two servers could read a request that the gateway made in two ways.</summary>
    private static bool IsAmbiguous(string request)
    {
        string[] lines = request.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] framing = [.. lines.Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) || l.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase))];
        return request.Contains("/hidden", StringComparison.Ordinal) || request.Contains("h2c", StringComparison.Ordinal) || lines.Skip(1).Any(l => l[0] is ' ' or '\t')
            || lines.Count(l => l.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)) != 1 || request.AsSpan().ContainsAny('\0', '\t')
            || framing.Length > 1 || framing.Any(f => f != "Transfer-Encoding: chunked" && !f.Split(": ")[1].All(char.IsAsciiDigit));
    }

    private Dictionary<string, string> ProbeVariables() => new(StringComparer.Ordinal)
    {
        ["PROBE_SECRET_DIGEST"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(_secret))),
    };

    private string PolicyOf(ProbeScript script) => $$"""
        version: 1
        name: probe
        egress: {resolvers: ["{{OutsideWorld.ResolverAddress}}:53"], authorities: ["{{world.AuthorityFile}}"], {{script.Header["egress"].TrimStart('{')}}
        {{(script.Header.TryGetValue("secrets", out string? secrets) ? "secrets: " + secrets : "")}}
        """;

    private async Task<DrivenShell> NeighbourAsync(TestSpace space)
    {
        DrivenShell neighbour = DrivenShell.InSandbox(world, space, "version: 1\nname: neighbour\negress:\n" + world.PolicyLines + "  allow: [\"tcp.allowed.example:7007\"]\n");
        const string Serve = """
            (python3 -c '
            import socket
            listener = socket.create_server(("", 7007))
            while True:
                client, _ = listener.accept()
                client.sendall(client.recv(64))' >/dev/null 2>&1 &)
            sleep 0.3; printf vitrine-data | nc -N 127.0.0.1 7007
            """;
        DrivenResult serves = await neighbour.RunAsync(Serve);
        Assert.True(serves.Output == "vitrine-data", serves.ToString());
        return neighbour;
    }

    private async Task<Process> OpenProxyAsync()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Egress", "World", "open_proxy.py");
        Process proxy = HostCommand.Start(world.WithoutSandbox(["/usr/bin/python3", "-I", script]));
        Assert.Equal("ready", await proxy.StandardOutput.ReadLineAsync());
        return proxy;
    }

    // That the value arrives is what makes its absence from everywhere else a finding.
    private void AssertSecretWentToItsHostAlone(IReadOnlyList<SeenRequest> seen)
    {
        Assert.Contains(seen, r => r.Host == "api.allowed.example" && r.Headers.GetValueOrDefault("Authorization") == "Bearer " + _secret);
        Assert.DoesNotContain(seen, r => r.Host != "api.allowed.example" && (r.Target + string.Join('\n', r.Headers.Values)).Contains(_secret, StringComparison.Ordinal));
    }

    private async Task AssertRecordsAsync(ProbeScript script, TestSpace space, Dictionary<string, string> environment)
    {
        HostResult trail = await HostCommand.RunAsync([HostPrograms.RequireCli(), "audit", "show", "--json"], environment);
        string[] wanted = script.Header.GetValueOrDefault("records", "").Split(", ", StringSplitOptions.RemoveEmptyEntries);
        string[] missing = [.. wanted.Where(w => !trail.Output.Contains($"\"{w}\"", StringComparison.Ordinal))];
        Assert.True(missing.Length == 0, $"no record of {string.Join(", ", missing)} in\n{trail}");
        Assert.DoesNotContain(_secret, trail.Output, StringComparison.Ordinal);
        Assert.True(Directory.GetFiles(space.DataDirectory, "*", SearchOption.AllDirectories).All(f => !File.ReadAllText(f).Contains(_secret, StringComparison.Ordinal)));
        HostResult verified = await HostCommand.RunAsync([HostPrograms.RequireCli(), "audit", "verify"], environment);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    private void SetNames()
    {
        foreach ((string name, string[] addresses) in new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["loopback"] = ["127.0.0.1"],
            ["loopback-two"] = ["127.9.9.9"],
            ["unspecified"] = ["0.0.0.0"],
            ["ten"] = ["10.0.0.1"],
            ["one-seven-two"] = ["172.16.0.1"],
            ["one-nine-two"] = ["192.168.1.1"],
            ["link-local"] = ["169.254.1.1"],
            ["shared"] = ["100.64.0.1"],
            ["own"] = [OutsideWorld.NearAddress],
            ["benchmark"] = ["198.18.1.5"],
            ["six-loopback"] = ["::1"],
            ["six-mapped"] = ["::ffff:10.0.0.1"],
            ["six-unique"] = ["fd00::1"],
            ["six-own"] = [OutsideWorld.NearAddress6],
            ["six-nat64"] = ["64:ff9b::a00:1"],
            ["mixed"] = ["10.0.0.1", "127.0.0.1"],
            ["metadata"] = ["169.254.169.254"],
        })
            world.Names.Set($"to-{name}.allowed.example", addresses);
        world.Names.SetAlias("to-alias.allowed.example", "to-ten.allowed.example");
        world.Names.Set("evilallowed.example", OutsideWorld.CanaryAddress);
        world.Names.Set("allowed.example", OutsideWorld.CanaryAddress);
        foreach ((string name, Func<int, bool> isPrivate) in new Dictionary<string, Func<int, bool>>(StringComparer.Ordinal)
        {
            ["second"] = n => n > 0,
            ["odd"] = n => n % 2 == 1,
            ["late"] = n => n > 4,
            ["kept"] = n => n > 0,
        })
        {
            world.Names.Set($"{name}.rebind.allowed.example", Answer);
            world.Names.Set($"{name}-raw.rebind.allowed.example", Answer);
            NameAnswer Answer(int n) => new() { Addresses = [System.Net.IPAddress.Parse(isPrivate(n) ? "10.0.0.1" : OutsideWorld.ServerAddress)] };
        }
    }
}
