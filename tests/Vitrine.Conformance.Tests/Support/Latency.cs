using System.Diagnostics;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>How long a round trip to a program inside takes.</summary>
internal static class Latency
{
    /// <summary>The 99th percentile in milliseconds of round trips through one `cat`, one each 2 ms.</summary>
    public static async Task<double> NinetyNinthAsync(Sandbox sandbox, int samples)
    {
        await using SandboxCommand echo = await sandbox.StartAsync(
            new CommandSpec { Arguments = ["/bin/cat"], OpenInput = true }, TestContext.Current.CancellationToken);
        byte[] question = new byte[64];
        byte[] answer = new byte[64];
        double[] milliseconds = new double[samples];
        for (int i = 0; i < samples; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await echo.Input.WriteAsync(question, TestContext.Current.CancellationToken);
            await echo.Output.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
            milliseconds[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            // A pace of its own, so that a burst of one scheduler tick is one sample.
            await Task.Delay(TimeSpan.FromMilliseconds(2), TestContext.Current.CancellationToken);
        }

        await echo.Input.DisposeAsync();
        await echo.Completion;
        Array.Sort(milliseconds);
        return milliseconds[(int)(samples * 0.99)];
    }
}
