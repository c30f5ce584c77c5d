using System.Text;
using Vitrine.Engine.Sessions;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>How a command inside ended and what it printed.</summary>
internal sealed record InsideResult(CommandOutcome Outcome, string Output, string Error)
{
    public override string ToString() =>
        $"{Outcome.Reason.ToName()} {Outcome.ExitCode} after {Outcome.Duration.TotalSeconds:F2} s: {Outcome.Explanation}\n--- output\n{Clip(Output)}\n--- error\n{Clip(Error)}";

    private static string Clip(string text) => text.Length <= 4000 ? text : text[..4000] + "…";
}

/// <summary>Runs commands to their end.</summary>
internal static class Inside
{
    public static Task<InsideResult> RunAsync(this Sandbox sandbox, params string[] arguments) =>
        sandbox.RunAsync(new CommandSpec { Arguments = arguments });

    public static async Task<InsideResult> RunAsync(this Sandbox sandbox, CommandSpec spec, string input = "")
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using SandboxCommand command = await sandbox.StartAsync(spec, patience.Token);
        Task<string> output = ReadAsync(command.Output, patience.Token);
        Task<string> error = ReadAsync(command.Error, patience.Token);
        if (spec.OpenInput)
        {
            await command.Input.WriteAsync(Encoding.UTF8.GetBytes(input), patience.Token);
            await command.Input.DisposeAsync();
        }

        CommandOutcome outcome = await command.Completion.WaitAsync(patience.Token);
        return new InsideResult(outcome, await output, await error);
    }

    /// <summary>Runs a Python text with the image's own interpreter.</summary>
    public static Task<InsideResult> PythonAsync(this Sandbox sandbox, string text, TimeSpan? timeout = null) =>
        sandbox.RunAsync(new CommandSpec { Arguments = ["/usr/bin/python3", "-I", "-c", text], Timeout = timeout });

    /// <summary>Runs it and returns its output; fails the test when it does not end well.</summary>
    public static async Task<string> OutputOfAsync(this Sandbox sandbox, params string[] arguments)
    {
        InsideResult result = await sandbox.RunAsync(arguments);
        Assert.True(result.Outcome is { Reason: EndReason.Exited, ExitCode: 0 }, result.ToString());
        return result.Output;
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken patience)
    {
        var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, patience);
        }
        catch (GuestClosedException)
        {
            // The sandbox ended under the command; what came before counts.
        }

        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }
}
