using System.Text;

namespace Vitrine.Cli.Commands.Completion;

/// <summary>Writes the script for fish 3 and newer.</summary>
internal static class FishCompletion
{
    /// <summary>The script.</summary>
    public static string Write(CompletionNode root)
    {
        var script = new StringBuilder("""
            # fish completion for vitrine, made by: vitrine completion fish
            # For good: vitrine completion fish > ~/.config/fish/completions/vitrine.fish
            function __vitrine_at --description 'whether the words so far name this command'
                set -l path ''
                for word in (commandline -opc)[2..-1]
                    test "$word" = -- && return 1
                    switch "$path/$word"
                        case
            """);
        foreach (CompletionNode node in root.All.Skip(1))
            script.Append(' ').Append(node.Path);
        script.Append("""

                            set path "$path/$word"
                    end
                end
                test "$path" = "$argv[1]"
            end
            complete -c vitrine -f

            """);
        foreach (CompletionNode node in root.All)
        {
            string at = $"complete -c vitrine -n '__vitrine_at \"{node.Path}\"'";
            foreach (CompletionNode child in node.Children)
                script.Append(at).Append(" -a ").Append(child.Name).Append(" -d ").Append(Quote(child.Description)).Append('\n');
            foreach (CompletionOption option in node.Options)
                script.Append(at).Append(NamesOf(option)).Append(ValueOf(option)).Append(" -d ").Append(Quote(option.Description))
                    .Append('\n');
            if (node.Argument is { } argument)
                script.Append(at).Append(ArgumentOf(argument)).Append('\n');
        }

        return script.ToString();
    }

    private static string NamesOf(CompletionOption option) => string.Concat(option.Names.Select(static n => n switch
    {
        ['-', '-', .. string name] => " -l " + name,
        ['-', var letter] => $" -s {(letter == '?' ? "'?'" : letter)}",
        _ => "",
    }));

    private static string ValueOf(CompletionOption option) => !option.TakesValue ? "" : option.Value.Kind switch
    {
        ValueKind.File => " -r -F",
        ValueKind.Directory => " -x -a '(__fish_complete_directories)'",
        ValueKind.Choice => $" -x -a '{string.Join(' ', option.Value.Words)}'",
        _ => " -x",
    };

    private static string ArgumentOf(ValueHint hint) => hint.Kind switch
    {
        ValueKind.File => " -F",
        ValueKind.Directory => " -a '(__fish_complete_directories)'",
        ValueKind.Program => " -a '(__fish_complete_subcommand)'",
        ValueKind.Choice => $" -a '{string.Join(' ', hint.Words)}'",
        _ => " -f",
    };

    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
