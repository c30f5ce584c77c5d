using Vitrine.Engine.Sessions;

namespace Vitrine.Bench;

/// <summary>Commands that are measured.</summary>
internal static class Commands
{
    private static readonly CommandSpec s_true = new() { Arguments = ["/bin/true"] };

    /// <summary>Runs /bin/true and waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It did not exit with 0.</exception>
    public static async Task RunTrueAsync(Sandbox sandbox)
    {
        await using var command = await sandbox.StartAsync(s_true, CancellationToken.None);
        if (await command.Completion is not { ExitCode: 0 } and var outcome)
            throw new InvalidOperationException($"/bin/true ended with {outcome.ExitCode} ({outcome.Reason}): {outcome.Explanation}");
    }
}
