using System.Globalization;
using System.Text;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Linux.Processes;
using Vitrine.Policy.Plans;

namespace Vitrine.Bench;

/// <summary>
/// The way out as a program inside meets it: curl in a sandbox, through the gateway's proxy, next to curl on the host directly and through squid and tinyproxy
/// (Debian's, where `bench/run` has put them). One server on loopback, in this process, serves all of them.
/// </summary>
internal static class WayOutPhase
{
    private const string Null = "/dev/null";

    private static readonly string[] s_ways = ["direct", "squid", "tinyproxy", "vitrine"];

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Workshop workshop, int rounds, Report report)
    {
        await using var server = await WayOutServer.StartAsync(workshop.Directory);
        await using var engine = await SandboxEngine.OpenAsync(workshop.Options("wayout", preparedHelpers: 0), CancellationToken.None);
        await using var sandbox = await engine.CreateAsync(workshop.Plan with { Egress = Plan(server) }, CancellationToken.None);
        await using var squid = await HostProxy.StartAsync("squid", workshop.Directory);
        await using var tinyproxy = await HostProxy.StartAsync("tinyproxy", workshop.Directory);
        Task<string> Curl(string way, string url, string[] options) => way switch
        {
            "vitrine" => InsideAsync(sandbox, ["/usr/bin/curl", .. options, "--proxy", "http://198.18.0.1:3128", "--noproxy", "", url]),
            "direct" => HostAsync(workshop, ["/usr/bin/curl", .. options, "--noproxy", "*", url]),
            _ => HostAsync(workshop, ["/usr/bin/curl", .. options, "--proxy", (way == "squid" ? squid : tinyproxy).Address, "--noproxy", "", url]),
        };
        IEnumerable<string> ways = s_ways.Where(w => (w != "squid" || squid.IsThere) && (w != "tinyproxy" || tinyproxy.IsThere));
        foreach (string missing in s_ways.Except(ways, StringComparer.Ordinal))
            report.Note($"  {missing} is not installed: left out");

        report.Title("The way out: a small answer by a connection of its own (ms)");
        foreach (string way in ways)
        {
            Samples samples = new(way == "direct" ? way : way + ", by CONNECT");
            string times = await Curl(way, $"http://localhost:{server.PlainPort}/small?[1-{rounds + 20}]",
                ["-sS", "-p", "-H", "Connection: close", "-o", Null, "-w", "%{time_starttransfer}\n"]);
            foreach (string time in times.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(20))
                samples.Add(double.Parse(time, CultureInfo.InvariantCulture) * 1000);
            report.Add($"wayout.connect.{way}", samples);
        }

        foreach ((string name, string url, string[] options) in ((string, string, string[])[])
        [
            ("passed", $"http://localhost:{server.PlainPort}/gibibyte", ["-p"]),
            ("terminated", $"https://localhost:{server.SecurePort}/gibibyte", ["-k"]),
        ])
        {
            foreach (string way in ways)
            {
                List<double> speeds = [];
                for (int round = 0; round < 4; round++)
                    speeds.Add(double.Parse(await Curl(way, url, ["-sS", .. options, "-o", Null, "-w", "%{speed_download}"]), CultureInfo.InvariantCulture) / (1 << 20));
                string what = name == "passed" ? "1 GiB passed through" : "1 GiB by https, which Vitrine terminates";
                report.Add($"wayout.{name}.{way}.MiBps", $"{what}, {way}, MiB/s (best of 3)", speeds.Skip(1).Max(), way == "vitrine" && name == "passed" ? ">= 400" : "");
            }
        }
    }

    private static EgressPlan Plan(WayOutServer server) => new()
    {
        Authorities = [server.AuthorityFile],
        Allow =
        [
            Rule("passed", server.PlainPort, EgressProtocol.Tcp),
            Rule("terminated", server.SecurePort, EgressProtocol.Tls) with { Inspect = true },
        ],
    };

    private static EgressRule Rule(string id, ushort port, EgressProtocol protocol) =>
        new() { Id = id, Host = "localhost", Ports = [new PortRange(port, port)], Protocol = protocol, Internal = true };

    private static async Task<string> InsideAsync(Sandbox sandbox, string[] command)
    {
        await using var started = await sandbox.StartAsync(new CommandSpec { Arguments = command, Timeout = TimeSpan.FromMinutes(2) }, CancellationToken.None);
        using StreamReader output = new(started.Output, Encoding.UTF8), error = new(started.Error, Encoding.UTF8);
        Task<string> said = error.ReadToEndAsync();
        string text = await output.ReadToEndAsync();
        return (await started.Completion).ExitCode == 0 ? text : throw new InvalidOperationException($"{string.Join(' ', command)}: {await said}");
    }

    private static async Task<string> HostAsync(Workshop workshop, string[] command)
    {
        string file = Path.Combine(workshop.Directory, "curl-output");
        using (var output = File.OpenHandle(file, FileMode.Create, FileAccess.Write))
        {
            using var child = ChildProcess.Start(new() { Path = command[0], Arguments = command, Descriptors = [null, output, null], Environment = ["PATH=/usr/bin:/bin"] });
            if (await child.WaitAsync() is not 0 and var status)
                throw new InvalidOperationException($"{string.Join(' ', command)} ended with {status}");
        }

        return await File.ReadAllTextAsync(file);
    }
}
