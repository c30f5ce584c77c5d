using Vitrine.Policy.Problems;
using YamlDotNet.Core;

namespace Vitrine.Policy.Yaml;

/// <summary>Turns a policy's text into nodes, within <see cref="YamlLimits"/>. Never throws.</summary>
internal static class YamlText
{
    /// <summary>The root node; null when the text is empty (which is a policy) or unreadable (which is in the problems).</summary>
    public static YamlNode? Read(string text, ProblemList problems)
    {
        if (text.Length > YamlLimits.MaxCharacters)
        {
            problems.Error("too-large", "", SourceMark.Nowhere,
                $"the text has {text.Length} characters; a policy has at most {YamlLimits.MaxCharacters}",
                "Check that this is the file you meant");
            return null;
        }

        // A byte order mark is no part of the text (RFC 3629 section 6).
        if (text.StartsWith('\uFEFF')) text = text[1..];
        // Nothing but blanks is the policy of most runs: it must not wait for a parser to be loaded.
        if (string.IsNullOrWhiteSpace(text)) return null;
        int nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            problems.Error("yaml-syntax", "", MarkOf(text, nul), "the text contains a NUL character",
                "Check that this is a text file in UTF-8");
            return null;
        }

        try
        {
            return new YamlTreeReader(new Parser(new StringReader(text)), problems).ReadDocument();
        }
        catch (YamlTextException error)
        {
            problems.Error(error.Code, "", error.Mark, error.Message, error.Hint);
        }
        catch (YamlException error)
        {
            if (TabMark(text) is { } tab) problems.Error("yaml-tab", "", tab, "this line is indented with a tab, which YAML does not allow",
                "Indent with blanks");
            else
                problems.Error("yaml-syntax", "", YamlTreeReader.ToMark(error.Start), $"this is not YAML: {Sentence(error.Message)}",
                    "Look at indentation, colons and quotes just before this place");
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or OverflowException
            or IndexOutOfRangeException or NullReferenceException or InvalidCastException or KeyNotFoundException)
        {
            // The text is hostile and the parser a library: whatever it trips over is a fault of the text.
            problems.Error("yaml-syntax", "", SourceMark.Nowhere, $"this is not YAML: {Sentence(error.Message)}",
                "Write it anew from a ready policy");
        }

        return null;
    }

    private static string Sentence(string message) => message.TrimEnd('.', ' ');

    private static SourceMark? TabMark(string text)
    {
        int line = 0;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines())
        {
            line++;
            int start = content.IndexOfAnyExcept(' ');
            if (start >= 0 && content[start] == '\t') return new SourceMark(line, start + 1);
        }

        return null;
    }

    private static SourceMark MarkOf(string text, int index)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, index);
        return new SourceMark(before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
