using System.Globalization;
using System.Text;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Writing;

/// <summary>Writes nodes as block YAML, two blanks a level, that <see cref="PolicyReader"/> reads back to the same.</summary>
internal static class YamlEmitter
{
    public static string Write(YamlMapping root)
    {
        var text = new StringBuilder();
        WriteEntries(text, root, 0);
        return text.ToString();
    }

    private static void WriteEntries(StringBuilder text, YamlMapping mapping, int depth)
    {
        foreach (YamlEntry entry in mapping.Entries)
        {
            text.Append(' ', depth * 2).Append(Quoted(entry.Key)).Append(':');
            WriteValue(text, entry.Value, depth + 1);
        }
    }

    private static void WriteValue(StringBuilder text, YamlNode value, int depth)
    {
        switch (value)
        {
            case YamlScalar scalar:
                text.Append(' ').Append(Scalar(scalar)).Append('\n');
                break;
            case YamlMapping { Entries.Count: 0 }:
                text.Append(" {}\n");
                break;
            case YamlSequence { Items.Count: 0 }:
                text.Append(" []\n");
                break;
            case YamlMapping mapping:
                text.Append('\n');
                WriteEntries(text, mapping, depth);
                break;
            case YamlSequence sequence:
                text.Append('\n');
                foreach (YamlNode item in sequence.Items) WriteItem(text, item, depth);
                break;
            default:
                throw new ArgumentException($"{value.KindName} cannot be written", nameof(value));
        }
    }

    private static void WriteItem(StringBuilder text, YamlNode item, int depth)
    {
        text.Append(' ', depth * 2).Append('-');
        if (item is not YamlMapping { Entries.Count: > 0 } mapping)
        {
            WriteValue(text, item, depth + 1);
            return;
        }

        // The first key stands behind the dash, the others below it.
        var below = new StringBuilder();
        WriteEntries(below, mapping, depth + 1);
        text.Append(' ').Append(below.ToString().AsSpan((depth + 1) * 2));
    }

    private static string Scalar(YamlScalar scalar) => scalar.IsPlain ? scalar.Text : Quoted(scalar.Text);

    private static string Quoted(string text) => IsSafe(text) ? text : DoubleQuoted(text);

    // Only what no schema of YAML reads as anything but text.
    private static bool IsSafe(string text) => text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/')
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/')
        && text.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n");

    private static string DoubleQuoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (char character in text)
        {
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or (>= '\x7f' and <= '\xa0') or '\u2028' or '\u2029' or '\ufeff' =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}
