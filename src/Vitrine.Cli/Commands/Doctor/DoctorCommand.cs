using System.CommandLine;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>`vitrine doctor`: what this host can enforce, what is missing, and the command that mends it.</summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var noTrial = new Option<bool>("--no-trial") { Description = "Only look; do not make a sandbox to see whether it works." };
        var command =
            new Command("doctor", "Says what this machine can enforce, what is missing, and the command that mends it.") { noTrial, json };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(console, parsed.GetValue(noTrial), parsed.GetValue(json), cancellationToken));
        return command.WithNotes("""
            Exit codes:
              0    sandboxes with the default policy work here (some findings may make them weaker)
              1    something they need is missing

            """);
    }

    private static async Task<int> RunAsync(CliConsole console, bool noTrial, bool json, CancellationToken cancellationToken)
    {
        var files = new HostFiles();
        var packages = HostPackages.Of(files);
        bool root = PartChecks.IsRoot;
        if (!noTrial && console.ErrorIsTerminal)
            console.Say("looking at this machine, and making one sandbox");
        Check[] checks =
        [
            .. PartChecks.Run(root),
            .. KernelChecks.Run(files),
            .. NamespaceChecks.Run(files, root),
            .. CgroupChecks.Run(files, root),
            .. await RuntimeChecks.RunAsync(files, packages, cancellationToken).ConfigureAwait(false),
            .. noTrial || !root ? [] : await SandboxTrial.RunAsync(console, cancellationToken).ConfigureAwait(false),
        ];
        if (json)
            console.WriteLine(DoctorReport.Json(checks));
        else
            console.Write(DoctorReport.Text(checks, console.OutputIsTerminal && !console.ColorForbidden));
        return checks.Any(static c => c.Status == CheckStatus.Missing) ? ExitCodes.Found : ExitCodes.Ok;
    }
}
