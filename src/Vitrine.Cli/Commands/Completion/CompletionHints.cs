using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Vitrine.Cli.Commands.Completion;

/// <summary>What a shell offers for a value.</summary>
internal enum ValueKind
{
    /// <summary>Nothing: only the user knows.</summary>
    Free,

    /// <summary>Files and directories.</summary>
    File,

    /// <summary>Directories.</summary>
    Directory,

    /// <summary>A program and its arguments.</summary>
    Program,

    /// <summary>One of some words.</summary>
    Choice,
}

/// <summary>A value's kind, and the words of <see cref="ValueKind.Choice"/>.</summary>
internal sealed record ValueHint(ValueKind Kind, IReadOnlyList<string> Words)
{
    /// <summary>No hint.</summary>
    public static ValueHint Free { get; } = new(ValueKind.Free, []);
}

/// <summary>Hints said where an option is made.</summary>
internal static class CompletionHints
{
    private static readonly ConditionalWeakTable<Symbol, ValueHint> s_hints = [];

    /// <summary>Its value is a file.</summary>
    public static TSymbol CompletesFiles<TSymbol>(this TSymbol symbol)
        where TSymbol : Symbol => symbol.With(new ValueHint(ValueKind.File, []));

    /// <summary>Its value is a directory.</summary>
    public static TSymbol CompletesDirectories<TSymbol>(this TSymbol symbol)
        where TSymbol : Symbol => symbol.With(new ValueHint(ValueKind.Directory, []));

    /// <summary>Its value is a program and arguments.</summary>
    public static TSymbol CompletesPrograms<TSymbol>(this TSymbol symbol)
        where TSymbol : Symbol => symbol.With(new ValueHint(ValueKind.Program, []));

    /// <summary>Its value is usually one of these words.</summary>
    public static TSymbol CompletesWords<TSymbol>(this TSymbol symbol, params string[] words)
        where TSymbol : Symbol => symbol.With(new ValueHint(ValueKind.Choice, words));

    /// <summary>The hint of an option or argument.</summary>
    public static ValueHint Of(Symbol symbol) => s_hints.TryGetValue(symbol, out ValueHint? hint) ? hint : ValueHint.Free;

    private static TSymbol With<TSymbol>(this TSymbol symbol, ValueHint hint)
        where TSymbol : Symbol
    {
        s_hints.AddOrUpdate(symbol, hint);
        return symbol;
    }
}
