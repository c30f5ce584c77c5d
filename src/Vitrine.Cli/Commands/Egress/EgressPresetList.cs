using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Output;
using Vitrine.Policy;
using Vitrine.Policy.Egress;

namespace Vitrine.Cli.Commands.Egress;

/// <summary>`vitrine egress presets`: the presets, and what each is on this machine.</summary>
internal static class EgressPresetList
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string?> name = new Argument<string?>("NAME")
        {
            Description = "One preset; all without it.",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWords([.. EgressPresets.Names]);
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("presets", "Lists presets with their hosts on this machine and the files that name them.") { name, json };
        command.SetAction(parsed => Run(console, parsed.GetValue(name), parsed.GetValue(json)));
        return command.WithNotes("""
            Presets of registries follow the package manager's configuration of the user and the system (not of the working directory).
            Without any they are the registry's own domain.

            """);
    }

    private static int Run(CliConsole console, string? name, bool json)
    {
        var host = new LinuxHostFacts();
        IEnumerable<EgressPreset> chosen = name is null ? EgressPresets.All : [Find(name)];
        PresetResolution[] resolutions = [.. chosen.Select(preset => EgressPresets.Resolve(preset, host))];
        if (json)
        {
            console.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteStartArray("presets");
                foreach (PresetResolution resolution in resolutions)
                    Write(writer, resolution);
                writer.WriteEndArray();
            }));
            return ExitCodes.Ok;
        }

        foreach (PresetResolution resolution in resolutions)
            Print(console, resolution, withFiles: name is not null);
        return ExitCodes.Ok;
    }

    private static EgressPreset Find(string name) => EgressPresets.Find(name.ToLowerInvariant())
        ?? throw CliException.Usage($"There is no preset {name}; they are {string.Join(", ", EgressPresets.Names)}.");

    private static void Print(CliConsole console, PresetResolution resolution, bool withFiles)
    {
        console.WriteLine($"{resolution.Preset.Name}: {resolution.Preset.Summary}");
        foreach (PresetHost host in resolution.Hosts)
            console.WriteLine(TerminalText.Escape(string.Create(CultureInfo.InvariantCulture,
                $"  {host.Host}:{host.Port} {Name(host)}{(host.Origin is { } file ? $"  named in {file}" : "")}")));
        foreach (PresetNotice notice in resolution.Notices)
            console.WriteLine(TerminalText.Escape($"  ! {notice.Message}{(notice.Hint.Length > 0 ? $". {notice.Hint}" : "")}."));
        if (withFiles && resolution.Preset.Files.Count > 0)
            console.WriteLine($"  looked for in {string.Join(", ", resolution.Preset.Files)}");
    }

    private static void Write(Utf8JsonWriter writer, PresetResolution resolution)
    {
        writer.WriteStartObject();
        writer.WriteString("name", resolution.Preset.Name);
        writer.WriteString("summary", resolution.Preset.Summary);
        writer.WriteStartArray("hosts");
        foreach (PresetHost host in resolution.Hosts)
        {
            writer.WriteStartObject();
            writer.WriteString("host", host.Host);
            writer.WriteNumber("port", host.Port);
            writer.WriteString("protocol", Name(host));
            writer.WriteString("origin", host.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("notices");
        foreach (PresetNotice notice in resolution.Notices)
        {
            writer.WriteStartObject();
            writer.WriteString("code", notice.Code);
            writer.WriteString("message", notice.Message);
            writer.WriteString("hint", notice.Hint);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("files");
        foreach (string file in resolution.Preset.Files)
            writer.WriteStringValue(file);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Name(PresetHost host) => host.Protocol.ToString().ToLowerInvariant();
}
