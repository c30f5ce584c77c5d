using System.CommandLine;
using System.CommandLine.Help;

namespace Vitrine.Cli.Commands.Completion;

/// <summary>One command as the generators see it.</summary>
/// <param name="Path">The words behind `vitrine`, joined by `/` with one in front; empty for the root.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Children">Its commands.</param>
/// <param name="Options">Its options, long names first.</param>
/// <param name="Argument">What stands behind its options.</param>
internal sealed record CompletionNode(
    string Path, string Description, IReadOnlyList<CompletionNode> Children, IReadOnlyList<CompletionOption> Options, ValueHint? Argument)
{
    /// <summary>The last word.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>This and all below it.</summary>
    public IEnumerable<CompletionNode> All => Children.SelectMany(static c => c.All).Prepend(this);

    /// <summary>Reads the tree.</summary>
    public static CompletionNode From(Command command, string path = "")
    {
        IEnumerable<Option> options = command.Options.Where(static o => !o.Hidden);
        if (path.Length > 0)
            options = options.Append(new HelpOption());
        return new CompletionNode(
            path,
            command.Description ?? "",
            [.. command.Subcommands.Where(static c => !c.Hidden).Select(c => From(c, path + "/" + c.Name))],
            [.. options.Select(CompletionOption.From)],
            command.Arguments.Count == 0 ? null : CompletionHints.Of(command.Arguments[0]));
    }
}

/// <summary>One option.</summary>
/// <param name="Names">Long and short names, dashes included.</param>
/// <param name="Description">One sentence.</param>
/// <param name="TakesValue">Whether a value follows.</param>
/// <param name="Repeats">Whether it may be given more than once.</param>
/// <param name="Value">What the value is.</param>
internal sealed record CompletionOption(IReadOnlyList<string> Names, string Description, bool TakesValue, bool Repeats, ValueHint Value)
{
    /// <summary>Reads one option.</summary>
    public static CompletionOption From(Option option) => new(
        [.. ((IEnumerable<string>)[option.Name, .. option.Aliases]).Where(static n => n.StartsWith('-'))
            .OrderByDescending(static n => n.Length)],
        option.Description ?? "",
        option is not HelpOption and not VersionOption && option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool),
        option.Arity.MaximumNumberOfValues > 1,
        CompletionHints.Of(option));
}
