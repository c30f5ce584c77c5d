using System.Diagnostics;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>A program on the host, as a user would start it.</summary>
internal sealed record HostResult(int ExitCode, string Output, string Error)
{
    /// <summary>All of it, for a failure's message.</summary>
    public override string ToString() => $"exit {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Starts programs of the host.</summary>
internal static class HostCommand
{
    /// <summary>Runs to the end and returns what it printed.</summary>
    public static async Task<HostResult> RunAsync(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? timeout = null)
    {
        using Process process = Start(command, environment);
        using var deadline = new CancellationTokenSource(timeout ?? TimeSpan.FromMinutes(2));
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new HostResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{process.StartInfo.FileName} did not end in time.", e);
        }
    }

    /// <summary>Starts it with pipes; the environment is replaced when one is given.</summary>
    public static Process Start(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] all = [.. command];
        var start = new ProcessStartInfo(all[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in all[1..])
            start.ArgumentList.Add(argument);
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in environment)
                start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{all[0]} did not start.");
    }
}
