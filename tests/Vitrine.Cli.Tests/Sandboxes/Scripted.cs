using System.Text;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Sandboxes;

/// <summary>A person at a terminal, played through script(1): types, and types more when something was printed.</summary>
internal static class Scripted
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a shell line on a new terminal.</summary>
    /// <param name="line">For sh.</param>
    /// <param name="input">What is typed at once.</param>
    /// <param name="waitFor">What must be printed before more is typed.</param>
    /// <param name="thenSend">What is typed then.</param>
    public static async Task<CliResult> RunAsync(string line, string input, string? waitFor = null, string? thenSend = null)
    {
        using System.Diagnostics.Process script = Process.Cli.Start(new CliRun("-qec", line, "/dev/null")
        {
            Program = "/usr/bin/script",
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["TERM"] = "xterm", ["NO_COLOR"] = null },
        });
        using var patience = new CancellationTokenSource(s_patience);
        await script.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
        await script.StandardInput.FlushAsync(patience.Token);
        var output = new MemoryStream();
        byte[] buffer = new byte[4096];
        int got;
        while ((got = await script.StandardOutput.BaseStream.ReadAsync(buffer, patience.Token)) > 0)
        {
            output.Write(buffer, 0, got);
            if (waitFor is null || !Encoding.UTF8.GetString(output.ToArray()).Contains(waitFor + "\r\n", StringComparison.Ordinal))
                continue;
            await script.StandardInput.WriteAsync(thenSend.AsMemory(), patience.Token);
            await script.StandardInput.FlushAsync(patience.Token);
            waitFor = null;
        }

        await script.WaitForExitAsync(patience.Token);
        return new CliResult(script.ExitCode, output.ToArray(), []);
    }
}
