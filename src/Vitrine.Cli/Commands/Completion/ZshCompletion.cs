using System.Text;

namespace Vitrine.Cli.Commands.Completion;

/// <summary>Writes the script for zsh's completion system: a function a command.</summary>
internal static class ZshCompletion
{
    /// <summary>The script.</summary>
    public static string Write(CompletionNode root)
    {
        var script = new StringBuilder("""
            #compdef vitrine
            # zsh completion for vitrine, made by: vitrine completion zsh
            # Load it once:    source <(vitrine completion zsh)
            # Or for good:     vitrine completion zsh > "${fpath[1]}/_vitrine"

            """);
        foreach (CompletionNode node in root.All)
            WriteFunction(script, node);
        script.Append("""
            if [[ $funcstack[1] == _vitrine ]]; then
                _vitrine "$@"
            elif (( $+functions[compdef] )); then
                compdef _vitrine vitrine
            fi

            """);
        return script.ToString();
    }

    private static void WriteFunction(StringBuilder script, CompletionNode node)
    {
        bool isGroup = node.Children.Count > 0;
        script.Append(NameOf(node)).Append("() {\n");
        if (isGroup)
            script.Append("    local -a commands\n    local context state line\n    typeset -A opt_args\n");
        script.Append("    _arguments");
        if (isGroup)
            script.Append(" -C");
        else if (node.Argument?.Kind == ValueKind.Program)
            script.Append(" -S");
        foreach (CompletionOption option in node.Options)
            script.Append(" \\\n        ").Append(OptionOf(option));
        if (isGroup)
            script.Append(" \\\n        '1: :->command' \\\n        '*:: :->rest'");
        else if (node.Argument is { } argument)
            script.Append(" \\\n        ").Append(ArgumentOf(argument));
        script.Append('\n');
        if (isGroup)
            WriteDispatch(script, node);
        script.Append("}\n");
    }

    private static void WriteDispatch(StringBuilder script, CompletionNode node)
    {
        script.Append("    case $state in\n        command)\n            commands=(\n");
        foreach (CompletionNode child in node.Children)
            script.Append("                ").Append(Quote($"{child.Name}:{child.Description}")).Append('\n');
        script.Append(
            "            )\n            _describe -t commands 'command' commands ;;\n        rest)\n            case $line[1] in\n");
        foreach (CompletionNode child in node.Children)
            script.Append("                ").Append(child.Name).Append(") ").Append(NameOf(child)).Append(" ;;\n");
        script.Append("            esac ;;\n    esac\n");
    }

    private static string NameOf(CompletionNode node) => "_vitrine" + node.Path.Replace('/', '_');

    private static string OptionOf(CompletionOption option)
    {
        string value = option.TakesValue ? ":value:" + ActionOf(option.Value) : "";
        string text = $"[{Escape(option.Description)}]{value}";
        string repeat = option.Repeats ? "*" : "";
        return option.Names.Count == 1
            ? Quote(repeat + option.Names[0] + text)
            : $"{(option.Repeats ? Quote("*") : Quote($"({string.Join(' ', option.Names)})"))}{{{string.Join(',', option.Names)}}}{Quote(text)}";
    }

    private static string ArgumentOf(ValueHint hint) =>
        hint.Kind == ValueKind.Program ? Quote("*:: :_normal") : Quote("*:argument:" + ActionOf(hint));

    private static string ActionOf(ValueHint hint) => hint.Kind switch
    {
        ValueKind.File => "_files",
        ValueKind.Directory => "_files -/",
        ValueKind.Choice => $"({string.Join(' ', hint.Words)})",
        _ => "",
    };

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal)
        .Replace("]", "\\]", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
