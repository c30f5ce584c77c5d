using System.CommandLine;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Trail;

/// <summary>`vitrine audit`: what happened, and whether the record of it is whole.</summary>
internal static class AuditCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console) => new("audit", "Shows and verifies the record of what ran.")
    {
        AuditShow.Create(console),
        AuditVerify.Create(console),
    };
}
