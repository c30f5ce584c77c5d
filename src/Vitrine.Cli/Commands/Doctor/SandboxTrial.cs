using System.Globalization;
using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Cli.Running;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Runtimes;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>The proof of it all: one sandbox with the default policy, one command in it, and what its layers say of themselves.</summary>
internal static class SandboxTrial
{
    private const string Area = "trial";

    /// <summary>Tries.</summary>
    public static async Task<IReadOnlyList<Check>> RunAsync(CliConsole console, CancellationToken cancellationToken)
    {
        var arguments = new SandboxArguments { Quiet = true };
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            var engines = new LazyEngine(console, arguments);
            await using (engines.ConfigureAwait(false))
            {
                SandboxEngine engine = await engines.OpenAsync(cancellationToken).ConfigureAwait(false);
                Sandbox sandbox = await engine.CreateAsync(Planning.Plan(console, arguments), cancellationToken).ConfigureAwait(false);
                await using (sandbox.ConfigureAwait(false))
                    return [await CommandAsync(sandbox, start, cancellationToken).ConfigureAwait(false), .. Layers(sandbox)];
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return [new Check(Area, "sandbox", CheckStatus.Missing, Failures.Translate(e).Message,
                "vitrine run -- true, once the above is mended")];
        }
    }

    private static async Task<Check> CommandAsync(Sandbox sandbox, long start, CancellationToken cancellationToken)
    {
        SandboxCommand command = await sandbox.StartAsync(new CommandSpec { Arguments = ["/bin/sh", "-c", "exit 42"] }, cancellationToken)
            .ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            CommandOutcome outcome = await command.Completion.ConfigureAwait(false);
            string time =
                string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms");
            return outcome is { Reason: EndReason.Exited, ExitCode: 42 }
                ? new Check(Area, "sandbox", CheckStatus.Ok, $"made with the default policy, and a command run in it, within {time}")
                : new Check(Area, "sandbox", CheckStatus.Missing,
                    $"a command ended otherwise than it should: {outcome.Reason.ToName()} {outcome.ExitCode}; {outcome.Explanation}",
                    "vitrine run -v -- true");
        }
    }

    private static IEnumerable<Check> Layers(Sandbox sandbox)
    {
        LayerReport[] missing = [.. sandbox.Enforcement.Layers.Where(static l => l.Status != LayerStatus.Enforced)];
        int total = sandbox.Enforcement.Layers.Count;
        yield return missing.Length == 0
            ? new Check(Area, "layers", CheckStatus.Ok, $"all {total} enforced")
            : new Check(
                Area,
                "layers",
                CheckStatus.Ok,
                $"{total - missing.Length} of {total} enforced; not: {string.Join("; ", missing.Select(static l => $"{LayerText.NameOf(l.Layer)} ({l.Detail})"))}");
    }
}
