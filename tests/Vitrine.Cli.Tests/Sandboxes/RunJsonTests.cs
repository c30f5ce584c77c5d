using System.Text.Json;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Sandboxes;

/// <summary>The shape of --json (docs/cli.md).</summary>
public sealed class RunJsonTests
{
    public RunJsonTests() => Host.MustMakeSandboxes();

    [Fact]
    public async Task Events_AreStartedStreamsResult()
    {
        JsonElement[] events = await RunAsync(0, "echo out; echo err >&2");
        Assert.Equal("started", Type(events[0]));
        Assert.Equal("result", Type(events[^1]));
        Assert.Equal("out\n",
            string.Concat(events.Where(static e => Type(e) == "stdout").Select(static e => e.GetProperty("data").GetString())));
        Assert.Equal("err\n",
            string.Concat(events.Where(static e => Type(e) == "stderr").Select(static e => e.GetProperty("data").GetString())));
        Assert.Contains(events[0].GetProperty("layers").EnumerateArray(), static l => l.GetProperty("layer").GetString() == "seccomp"
            && l.GetProperty("status").GetString() == "enforced");
        Assert.Equal("default", events[0].GetProperty("policy").GetString());
        JsonElement result = events[^1];
        Assert.Equal("exited", result.GetProperty("reason").GetString());
        Assert.Equal(0, result.GetProperty("exitCode").GetInt32());
        Assert.Equal(8, result.GetProperty("outputBytes").GetInt64());
        Assert.True(result.GetProperty("durationMs").GetDouble() > 0);
        Assert.True(result.GetProperty("peakMemoryBytes").GetInt64() > 0);
        Assert.Equal(events[0].GetProperty("sandbox").GetString(), result.GetProperty("sandbox").GetString());
        Assert.False(result.TryGetProperty("signal", out _));
    }

    [Fact]
    public async Task Binary_IsBase64()
    {
        JsonElement[] events = await RunAsync(0, "printf '\\377\\000x'");
        JsonElement data = Assert.Single(events, static e => Type(e) == "stdout");
        Assert.Equal("base64", data.GetProperty("encoding").GetString());
        Assert.Equal([0xff, 0, (byte)'x'], data.GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public async Task Signal_AndLimit_AreTyped()
    {
        JsonElement signaled = (await RunAsync(137, "kill -9 $$"))[^1];
        Assert.Equal("signaled", signaled.GetProperty("reason").GetString());
        Assert.Equal(9, signaled.GetProperty("signal").GetInt32());
        JsonElement timeout = (await RunAsync(124, "sleep 60", "--timeout", "1s"))[^1];
        Assert.Equal("timeout", timeout.GetProperty("reason").GetString());
        Assert.Equal(124, timeout.GetProperty("exitCode").GetInt32());
        Assert.Equal("wall-clock", timeout.GetProperty("limitHits")[0].GetProperty("limit").GetString());
        Assert.Contains("--timeout raises it", timeout.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandNotFound_EndsInAnErrorEvent()
    {
        CliResult result = await Process.Cli.RunAsync("run", "--json", "--", "no-such-program");
        Assert.Equal(127, result.ExitCode);
        using JsonDocument error = JsonDocument.Parse(result.Lines()[^1]);
        Assert.Equal("error", Type(error.RootElement));
        Assert.Equal("command-not-found", error.RootElement.GetProperty("code").GetString());
    }

    private static string? Type(JsonElement e) => e.GetProperty("type").GetString();

    private static async Task<JsonElement[]> RunAsync(int exitCode, string script, params string[] options)
    {
        CliResult result = await Process.Cli.RunAsync(["run", "--json", .. options, "--", "sh", "-c", script]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        return [.. result.Lines().Select(static l => JsonDocument.Parse(l).RootElement.Clone())];
    }
}
