using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `user`: a word, a number, or a mapping.</summary>
internal static class UserReader
{
    public static UserSettings Read(SectionReader document)
    {
        var defaults = new UserSettings();
        string path = document.PathOf(PolicyKeys.User);
        return document.Node(PolicyKeys.User) switch
        {
            null => defaults,
            YamlScalar scalar => FromScalar(document, path, scalar),
            YamlNode node => FromSection(new SectionReader(document.Context, path, node, TrustKeys.User)),
        };
    }

    private static UserSettings FromScalar(SectionReader document, string path, YamlScalar scalar)
    {
        if (scalar.Text.Length > 0 && char.IsAsciiDigit(scalar.Text[0]))
        {
            uint id = (uint)(ScalarReader.Integer(document.Context, path, scalar, TrustKeys.Id) ?? 1000);
            return new UserSettings { Name = id == 0 ? "root" : "user", Uid = id, Gid = id };
        }

        return string.Equals(ScalarReader.Choice(document.Context, path, scalar, TrustKeys.UserChoice), "root", StringComparison.Ordinal)
            ? new UserSettings { Name = "root", Uid = 0, Gid = 0 }
            : new UserSettings();
    }

    private static UserSettings FromSection(SectionReader section)
    {
        string? name = ReadName(section);
        uint uid = (uint)(section.Integer(TrustKeys.Uid) ?? (name is "root" ? 0 : 1000));
        var user = new UserSettings
        {
            Name = name ?? (uid == 0 ? "root" : "user"),
            Uid = uid,
            Gid = (uint)(section.Integer(TrustKeys.Gid) ?? uid),
            Capabilities = section.Node(TrustKeys.Capabilities) is { } node ? ReadCapabilities(section, node) : [],
        };
        if (uid == 0 != user.Name is "root")
            section.Problems.Error("user-name", section.Path, section.Mark, $"the user '{user.Name}' has the user id {uid}",
                "The name root and the id 0 belong together");
        if (uid != 0 && user.Gid == 0)
            section.Problems.Error("user-group", section.Path, section.Mark, $"the user '{user.Name}' has the group id 0",
                "Leave `gid` out, or write `user: root`");
        if (uid != 0 && user.Capabilities.Count > 0)
            section.Problems.Error("user-capabilities", section.Path, section.Mark, $"the user '{user.Name}' is given capabilities",
                "Only root inside may keep some: write `name: root`");
        return user;
    }

    private static string? ReadName(SectionReader section)
    {
        if (section.Text(TrustKeys.UserName) is not { } name) return null;
        bool first = char.IsAsciiLetterLower(name[0]) || name[0] == '_';
        if (first && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character)
            || character is '_' or '-')) return name;
        section.Problems.Error("wrong-value", section.PathOf(TrustKeys.UserName), section.Mark,
            $"'{section.PathOf(TrustKeys.UserName)}' is not a user name",
            "Use lower-case letters, digits, '_' and '-', starting with a letter");
        return null;
    }

    // The reason a capability is refused is worth more than "not one of".
    private static List<string> ReadCapabilities(SectionReader section, YamlNode node)
    {
        var names = new List<string>();
        string path = section.PathOf(TrustKeys.Capabilities);
        foreach ((string itemPath, YamlNode item) in ListReader.Items(section.Context, path, node, 64))
        {
            string text = item is YamlScalar scalar ? scalar.Text.ToUpperInvariant() : "";
            string name = text.StartsWith("CAP_", StringComparison.Ordinal) ? text[4..] : text;
            if (CapabilityNames.Allowed.Contains(name, StringComparer.Ordinal))
            {
                if (!names.Contains(name, StringComparer.Ordinal)) names.Add(name);
                continue;
            }

            bool never = CapabilityNames.NeverGranted.Contains(name, StringComparer.Ordinal);
            section.Problems.Error("capability-refused", itemPath, item.Mark, never
                    ? $"the capability {name} is never granted: with it a command could become, end or read the guest process"
                    : $"'{Problems.Printable.Of(text)}' is no capability that may be granted",
                $"Those that may are {string.Join(", ", CapabilityNames.Allowed)}");
        }

        return names;
    }
}
