using System.Globalization;
using System.Text;
using System.Text.Json;
using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Jobs;

/// <summary>Real work under the default policy: what is denied must not be what people need.</summary>
public abstract class JobTests<TEngine>(TEngine engine) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    private static readonly string Programs = Path.Combine(AppContext.BaseDirectory, "Jobs", "Programs");

    [Fact]
    public async Task Statistics_OverAHundredThousandRows_AreAsOnTheHost()
    {
        TestMode.RequireRoot();
        using var space = new TestSpace();
        string data = space.MakeDirectory("data");
        string results = space.MakeDirectory("results");
        string expected = space.MakeDirectory("expected");
        await WriteRowsAsync(Path.Combine(data, "sales.csv"), 100_000);
        File.Copy(Path.Combine(Programs, "sales.py"), Path.Combine(data, "sales.py"));
        Assert.Equal(0, (await HostCommand.RunAsync(["/usr/bin/chown", "65534:65534", results])).ExitCode);
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(
            Plans.Of("", Plans.ReadOnly(data, "/data"), Plans.Writable(results, "/results")), TestContext.Current.CancellationToken);

        Assert.Equal("rows 100000\n", await sandbox.OutputOfAsync("python3", "/data/sales.py", "/data/sales.csv", "/results"));
        HostResult host = await HostCommand.RunAsync(["/usr/bin/python3", Path.Combine(data, "sales.py"), Path.Combine(data, "sales.csv"), expected]);
        Assert.Equal("rows 100000\n", host.Output);

        foreach (string file in (string[])["report.json", "histogram.csv"])
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(expected, file), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(Path.Combine(results, file), TestContext.Current.CancellationToken));
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(results, "report.json"), TestContext.Current.CancellationToken));
        Assert.Equal(100_000, report.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal(4, report.RootElement.GetProperty("regions").EnumerateObject().Count());

        // Read-only means it: the job cannot change its input.
        Assert.NotEqual(0, (await sandbox.RunAsync("/bin/sh", "-c", "echo x >> /data/sales.csv")).Outcome.ExitCode);
    }

    [Fact]
    public async Task CProgram_CompiledAndRunInside_CountsPrimes()
    {
        Assert.SkipUnless(HostPrograms.Find("gcc") is not null, "SKIPPED: gcc is not installed; `apt install gcc libc6-dev`.");
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
        InsideResult written = await sandbox.RunAsync(
            new CommandSpec { Arguments = ["/bin/sh", "-c", "cat > sieve.c"], OpenInput = true },
            await File.ReadAllTextAsync(Path.Combine(Programs, "sieve.c"), TestContext.Current.CancellationToken));
        Assert.Equal(0, written.Outcome.ExitCode);
        Assert.Equal("664579 primes below 10000000\n", await sandbox.OutputOfAsync("/bin/sh", "-c", "gcc -O2 -Wall -Werror -pthread -o sieve sieve.c && ./sieve 10000000"));
    }

    [Fact]
    public async Task ShellPipelines_OfEverydayTools_Work()
    {
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
        string output = await sandbox.OutputOfAsync("/bin/bash", "-euo", "pipefail", "-c", """
            seq 1 1000 | sort -rn | head -3 | tr '\n' ' '
            mkdir -p a/b && echo text > a/b/c && tar -C a -czf a.tgz b && tar -tzf a.tgz | wc -l
            find a -type f -exec sed -i s/text/word/ {} + && grep -r word a | wc -l
            date -u -d @0 +%Y; id -un; pwd; hostname; umask; mktemp | grep -c ^/tmp
            diff <(echo 1) <(echo 1) && echo same; perl -e 'print 6*7, "\n"'
            """);
        Assert.Equal("1000 999 998 2\n1\n1970\nuser\n/workspace\nsandbox\n0022\n1\nsame\n42\n", output);
    }

    /// <summary>The same rows each time: a linear congruential generator with a fixed seed.</summary>
    private static async Task WriteRowsAsync(string path, int count)
    {
        string[] regions = ["north", "south", "east", "west"];
        var text = new StringBuilder("region,units,amount\n");
        uint state = 20260729;
        for (int i = 0; i < count; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            uint units = 1 + (state >> 16) % 40;
            double amount = (units * 12.5) + ((state & 0xFFFF) / 100.0);
            text.Append(CultureInfo.InvariantCulture, $"{regions[state >> 30]},{units},{amount:F2}\n");
        }

        await File.WriteAllTextAsync(path, text.ToString());
    }
}

public sealed class CrunJobTests(CrunEngine engine) : JobTests<CrunEngine>(engine);

public sealed class RuncJobTests(RuncEngine engine) : JobTests<RuncEngine>(engine);
