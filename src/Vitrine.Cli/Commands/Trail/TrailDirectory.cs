using System.CommandLine;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Engine;

namespace Vitrine.Cli.Commands.Trail;

/// <summary>Where the trail is.</summary>
internal static class TrailDirectory
{
    /// <summary>The option that names another one.</summary>
    public static Option<string?> Option() =>
        new Option<string?>("--directory")
        {
            Description = "Directory of the trail; this user's by default.",
            HelpName = "DIR"
        }.CompletesDirectories();

    /// <summary>The directory named, or this user's.</summary>
    public static string Of(string? named) => named ?? Path.Combine(EngineOptions.DataDirectoryFromEnvironment(), "audit");
}
