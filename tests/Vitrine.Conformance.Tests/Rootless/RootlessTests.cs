using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vitrine.Conformance.Tests.Residue;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Rootless;

/// <summary>`vitrine run` as a user of the host who is not root and has no control group (docs/rootless.md).</summary>
public sealed class RootlessTests(ThrowAwayUser user) : IClassFixture<ThrowAwayUser>
{
    private static readonly string[] BestEffort = ["--best-effort", "memory", "--best-effort", "cpus", "--best-effort", "pids"];

    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Run_Python_PrintsTheAnswer(string runtime)
    {
        string path = HostPrograms.Find(runtime) ?? "";
        Assert.SkipWhen(path.Length == 0, $"SKIPPED: {runtime} is not installed.");
        HostResult result = await RunAsync(["--runtime", path], "python3", "-c", "print(6*7)");
        Assert.True(result is { ExitCode: 0, Output: "42\n", Error: "" }, result.ToString());
    }

    [Fact]
    public async Task Run_WithoutControlGroup_IsRefusedWithTheWayOut()
    {
        RequireUser();
        HostResult result = await HostCommand.RunAsync(user.As(user.Vitrine, "run", "--", "true"));
        Assert.True(result.ExitCode == 122, result.ToString());
        Assert.Contains("The limit `memory` cannot be held", result.Error, StringComparison.Ordinal);
        Assert.Contains("systemd-run --user --scope -p Delegate=yes", result.Error, StringComparison.Ordinal);
        Assert.Contains("--best-effort memory", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Json_SaysWhichLayersAreWeakerAndWhy()
    {
        HostResult result = await RunAsync(["--json"], "true");
        Assert.True(result.ExitCode == 0, result.ToString());
        var layers = JsonDocument.Parse(result.Output.Split('\n')[0]).RootElement.GetProperty("layers").EnumerateArray()
            .ToDictionary(static l => l.GetProperty("layer").GetString()!, static l => (Status: l.GetProperty("status").GetString(), Detail: l.GetProperty("detail").GetString()!), StringComparer.Ordinal);
        Assert.Equal("enforced", layers["user-namespace"].Status);
        Assert.Contains("one range shared by this user's sandboxes", layers["user-namespace"].Detail, StringComparison.Ordinal);
        Assert.Equal("not-available", layers["id-mapped-image"].Status);
        Assert.Contains("only root", layers["id-mapped-image"].Detail, StringComparison.Ordinal);
        foreach (string limit in (string[])["memory-limit", "cpu-limit", "pids-limit"])
        {
            Assert.Equal("not-available", layers[limit].Status);
            Assert.Contains("Delegate=yes", layers[limit].Detail, StringComparison.Ordinal);
        }

        foreach (string whole in (string[])["namespaces", "capabilities", "no-new-privileges", "seccomp", "read-only-root", "masked-paths", "network-none", "disk-limit", "deadlines"])
            Assert.Equal("enforced", layers[whole].Status);
    }

    [Fact]
    public async Task Run_Allow_LeadsConnectionsToTheGatewayAndRefusesTheRestAtOnce()
    {
        HostResult result = await RunAsync(["--allow", "allowed.test:443"], "python3", "-c",
            """
            import errno,socket
            def attempt(name, do):
                try: print(name, do())
                except socket.gaierror as e: print(name, 'no such name')
                except OSError as e: print(name, errno.errorcode[e.errno])
            attempt('allowed', lambda: socket.getaddrinfo('allowed.test', 443)[0][4][0][:7])
            attempt('other', lambda: socket.getaddrinfo('other.test', 443))
            attempt('raw', lambda: socket.create_connection(('192.0.2.7', 443), timeout=5).recv(1))
            attempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'q', ('192.0.2.53', 53)))
            """);
        Assert.True(result is { ExitCode: 0, Output: "allowed 198.18.\nother no such name\nraw ECONNRESET\nudp EPERM\n" }, result.ToString());
        Assert.Contains("--allow other.test", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ReadOnlyMount_IsReadableAndNotWritable()
    {
        string place = await MakeAsync("reading");
        HostResult result = await RunAsync(["--mount", place + ":/data"], "sh", "-c", "cat /data/open; cat /data/closed || echo closed; touch /data/new || echo sealed");
        Assert.True(result is { ExitCode: 0, Output: "open\nclosed\nsealed\n" }, result.ToString());
    }

    [Fact]
    public async Task Run_WritableMount_ActsAsTheCaller()
    {
        string place = await MakeAsync("writing");
        HostResult result = await RunAsync(["--mount", place + ":/data:rw"], "sh", "-c", "id -u; cat /data/closed; echo new > /data/new; touch /usr/new || echo sealed");
        Assert.True(result is { ExitCode: 0, Output: "1000\nclosed\nsealed\n" }, result.ToString());
        HostResult owner = await HostCommand.RunAsync(["/usr/bin/stat", "--format", "%u", place + "/new"]);
        Assert.Equal(user.Uid.ToString(CultureInfo.InvariantCulture), owner.Output.Trim());
    }

    [Fact]
    public async Task Run_WritableMountOfAnother_IsRefused()
    {
        RequireUser();
        using var space = new TestSpace();
        string place = space.MakeDirectory("roots");
        File.SetUnixFileMode(place, (UnixFileMode)0x1FF);
        HostResult result = await RunAsync(["--mount", place + ":/data:rw"], "true");
        Assert.True(result.ExitCode == 125, result.ToString());
        Assert.Contains("does not belong to this user", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Devices_AreTheHostsAndCannotBeChanged()
    {
        HostResult result = await RunAsync([], "sh", "-c", "echo x > /dev/null && head -c 4 /dev/urandom | wc -c; head -c 2 /dev/zero | od -An -tx1; chmod 600 /dev/null || echo kept");
        Assert.True(result is { ExitCode: 0, Output: "4\n 00 00\nkept\n" }, result.ToString());
    }

    [Fact]
    public async Task Run_SubordinateIdsMissing_SaysTheCommand()
    {
        RequireUser();
        const string file = "/etc/subuid";
        HostResult result = await HostCommand.RunAsync(
            ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"mount --bind /dev/null {file} && exec \"$@\"", "sh", .. user.As(user.Vitrine, "run", "--", "true")]);
        Assert.True(result.ExitCode == 125, result.ToString());
        Assert.Contains("usermod --add-subuids", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Killed_LeavesNothingAndShowsSubordinateIdsBefore()
    {
        RequireUser();
        using Process run = HostCommand.Start(user.As([user.Vitrine, "run", .. BestEffort, "--", "sh", "-c", "echo started; exec sleep 1234"]));
        try
        {
            Assert.Equal("started", await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            string sleeper = Assert.Single(user.Processes(), static p => p.Contains("sleep 1234", StringComparison.Ordinal) && !p.Contains("vitrine", StringComparison.Ordinal));

            // Id 1 inside our namespace is the first subordinate one, and stands behind 0 of the sandbox.
            Assert.Equal((user.FirstSubordinate + 1000).ToString(CultureInfo.InvariantCulture), sleeper.Split(' ')[1]);
            Assert.Single(Directory.GetFiles(user.State + "/guests"));
        }
        finally
        {
            CommandLineRun.Kill(run.Id);
        }

        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Run_Ended_LeavesNothing()
    {
        HostResult result = await RunAsync([], "sh", "-c", "sleep 1234 & setsid sleep 1234 & exit 3");
        Assert.True(result.ExitCode == 3, result.ToString());
        await AssertNothingLeftAsync();
    }

    private async Task AssertNothingLeftAsync()
    {
        IReadOnlyList<string> left = await Eventually.NothingAsync(user.Processes, TimeSpan.FromSeconds(20));
        Assert.True(left.Count == 0, string.Join('\n', left));
        string[] files = [.. Directory.GetFiles(user.State + "/guests", "*"), .. Directory.GetFiles(user.State + "/owners", "*")];
        Assert.Empty(files);
    }

    private async Task<string> MakeAsync(string name)
    {
        RequireUser();
        string place = $"{user.Home}/{name}";
        HostResult made = await HostCommand.RunAsync(user.As("/bin/sh", "-c", $"mkdir {place} && echo open > {place}/open && echo closed > {place}/closed && chmod 600 {place}/closed"));
        Assert.True(made.ExitCode == 0, made.ToString());
        return place;
    }

    private Task<HostResult> RunAsync(string[] options, params string[] command)
    {
        RequireUser();
        return HostCommand.RunAsync(user.As([user.Vitrine, "run", .. BestEffort, .. options, "--", .. command]));
    }

    private void RequireUser() => Assert.SkipWhen(user.Missing is not null, user.Missing ?? "");
}
