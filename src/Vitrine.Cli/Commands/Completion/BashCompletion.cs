using System.Text;

namespace Vitrine.Cli.Commands.Completion;

/// <summary>Writes the script for bash 4 and newer; it needs nothing but bash.</summary>
internal static class BashCompletion
{
    /// <summary>The script.</summary>
    public static string Write(CompletionNode root)
    {
        var script = new StringBuilder();
        script.Append("""
            # bash completion for vitrine, made by: vitrine completion bash
            # Load it once:    source <(vitrine completion bash)
            # Or for good:     vitrine completion bash > /etc/bash_completion.d/vitrine
            _vitrine() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' options='' kind='' i
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    if [[ ${COMP_WORDS[i]} == -- ]]; then
                        compopt -o default
                        COMPREPLY=($(compgen -c -- "$cur"))
                        return
                    fi
                    case "$path/${COMP_WORDS[i]}" in

            """);
        script.Append("            ").AppendJoin(" | ", root.All.Skip(1).Select(static n => Quote(n.Path)))
            .Append(") path=\"$path/${COMP_WORDS[i]}\" ;;\n");
        script.Append("""
                    esac
                done
                case "$path $prev" in

            """);
        foreach (CompletionNode node in root.All)
        {
            foreach (CompletionOption option in node.Options.Where(static o => o.TakesValue))
            {
                string patterns = string.Join(" | ", option.Names.Select(n => Quote($"{node.Path} {n}")));
                script.Append("        ").Append(patterns).Append(") ").Append(Offer(option.Value)).Append("return ;;\n");
            }
        }

        script.Append("    esac\n    case \"$path\" in\n");
        foreach (CompletionNode node in root.All)
        {
            IEnumerable<string> words = node.Options.SelectMany(static o => o.Names);
            script.Append("        ").Append(Quote(node.Path)).Append(") options=").Append(Quote(string.Join(' ', words)));
            if (node.Children.Count > 0)
                script.Append(" kind=").Append(Quote("-W '" + string.Join(' ', node.Children.Select(static c => c.Name)) + "'"));
            else if (node.Argument is { } argument)
                script.Append(" kind=").Append(Quote(Generator(argument)));
            script.Append(" ;;\n");
        }

        script.Append("""
                esac
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$cur"))
                elif [[ -n $kind ]]; then
                    [[ $kind == -[fd] ]] && compopt -o filenames
                    COMPREPLY=($(eval "compgen $kind -- \"\$cur\""))
                fi
            }
            complete -F _vitrine vitrine

            """);
        return script.ToString();
    }

    private static string Offer(ValueHint hint) => hint.Kind switch
    {
        ValueKind.Free => "",
        ValueKind.File or ValueKind.Directory => $"compopt -o filenames; COMPREPLY=($(compgen {Generator(hint)} -- \"$cur\")); ",
        _ => $"COMPREPLY=($(compgen {Generator(hint)} -- \"$cur\")); ",
    };

    private static string Generator(ValueHint hint) => hint.Kind switch
    {
        ValueKind.File => "-f",
        ValueKind.Directory => "-d",
        ValueKind.Program => "-c",
        ValueKind.Choice => $"-W '{string.Join(' ', hint.Words)}'",
        _ => "",
    };

    private static string Quote(string text) => text.Contains('\'', StringComparison.Ordinal) ? $"\"{text}\"" : $"'{text}'";
}
