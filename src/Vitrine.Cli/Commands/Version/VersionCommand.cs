using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;
using Vitrine.Cli.Output;
using Vitrine.Protocol.Framing;

namespace Vitrine.Cli.Commands.Version;

/// <summary>`vitrine version`: what this is, for bug reports and scripts.</summary>
internal static class VersionCommand
{
    /// <summary>The version of this build.</summary>
    public static string Text { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("version", "Prints the version of vitrine, of its wire protocol and of what it runs on.") { json };
        command.SetAction(parsed => Run(console, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CliConsole console, bool json)
    {
        string runtime = RuntimeInformation.FrameworkDescription;
        string architecture = RuntimeInformation.OSArchitecture.ToString();
        if (json)
        {
            console.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("version", Text);
                writer.WriteNumber("protocol", WireLimits.MaxVersion);
                writer.WriteNumber("oldestProtocol", WireLimits.MinVersion);
                writer.WriteString("framework", runtime);
                writer.WriteString("architecture", architecture);
            }));
            return ExitCodes.Ok;
        }

        console.WriteLine($"vitrine {Text}\nprotocol {WireLimits.MinVersion} to {WireLimits.MaxVersion}\n{runtime}, {architecture}");
        return ExitCodes.Ok;
    }
}

/// <summary>`vitrine --version`: the number alone.</summary>
internal sealed class VersionAction(CliConsole console) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        console.WriteLine(VersionCommand.Text);
        return ExitCodes.Ok;
    }
}
