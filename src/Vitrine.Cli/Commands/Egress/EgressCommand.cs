using System.CommandLine;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Egress;

/// <summary>`vitrine egress`: what would get out, before anything does.</summary>
internal static class EgressCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console) => new("egress", "Says what would get out, and what presets are on this machine.")
    {
        EgressTest.Create(console),
        EgressPresetList.Create(console),
    };
}
