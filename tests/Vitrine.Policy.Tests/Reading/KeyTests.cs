using System.Reflection;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Reading;

/// <summary>The keys, from which reader, schema and documentation are made, against the types that hold their values.</summary>
public sealed class KeyTests
{
    /// <summary>A type, its section, and the properties that are spelled otherwise: property to key.</summary>
    private static readonly (Type Type, SectionShape Section, Dictionary<string, string> Names)[] s_sections =
    [
        (typeof(PolicyDocument), PolicyKeys.Document, new(StringComparer.Ordinal) { ["Source"] = "" }),
        (typeof(UserSettings), TrustKeys.User, []),
        (typeof(WorkspaceSettings), PlaceKeys.Workspace, new(StringComparer.Ordinal) { ["SizeBytes"] = "size", ["OwnerRoot"] = "owner" }),
        (typeof(MountSettings), PlaceKeys.Mount, new(StringComparer.Ordinal) { ["OwnerRoot"] = "owner", ["MaskAuto"] = "mask" }),
        (typeof(TmpfsSettings), PlaceKeys.Tmpfs, new(StringComparer.Ordinal) { ["SizeBytes"] = "size" }),
        (typeof(LimitSettings), LimitKeys.Section, new(StringComparer.Ordinal) { ["MemoryBytes"] = "memory", ["CpuMillis"] = "cpus",
            ["DiskBytes"] = "disk", ["OutputBytes"] = "output" }),
        (typeof(EnvironmentSettings), TrustKeys.Environment, []),
        (typeof(EgressSettings), EgressKeys.Section, []),
        (typeof(EgressEntry), EgressKeys.Rule, new(StringComparer.Ordinal) { ["AllowEch"] = "ech", ["BytesPerSecond"] = "rate" }),
        (typeof(SecretSettings), EgressKeys.Secret, new(StringComparer.Ordinal) { ["Name"] = "" }),
        (typeof(SeccompSettings), TrustKeys.Seccomp, []),
        (typeof(LayerSettings), TrustKeys.Layers, []),
        (typeof(DebugSettings), TrustKeys.Debug, []),
        (typeof(PolicyTests), TestKeys.Section, []),
    ];

    [Fact]
    public void Keys_OfEachSection_AreThePropertiesOfItsType()
    {
        foreach ((Type type, SectionShape section, Dictionary<string, string> names) in s_sections)
        {
            IEnumerable<string> expected = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanWrite)
                .Select(property => names.GetValueOrDefault(property.Name, Kebab(property.Name))).Where(name => name.Length > 0)
                    .Distinct(StringComparer.Ordinal);
            Assert.Equal(expected.Order(StringComparer.Ordinal), section.Keys.Select(key => key.Name)
                .Order(StringComparer.Ordinal), StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Keys_TestKinds_AreNamedAsTheirKinds()
    {
        PolicyTestKind[] kinds = Enum.GetValues<PolicyTestKind>();
        Assert.Equal(kinds.Length, TestKeys.Kinds.Length);
        Assert.All(kinds, kind => Assert.StartsWith(TestKeys.Of(kind).Name, Kebab(kind.ToString()), StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_WrittenOut_AreThoseOfTheModel()
    {
        string text = string.Concat(LimitKeys.Section.Keys.Where(key => key.Default.Length > 0)
            .Select(key => $"  {key.Name}: {key.Default}\n"));
        LimitSettings limits = Policies.Read("limits:\n" + text).Limits;
        Assert.Equal(new LimitSettings() with { BestEffort = limits.BestEffort }, limits);
        Assert.Empty(PolicyExplainer.Diff(new PolicyDocument(),
            Policies.Read("workspace: {size: 512MiB, exec: true}\nroot: read-only\nuser: user\nimage: host\nname: default")));
    }

    [Theory]
    [MemberData(nameof(AllKeys))]
    public void Example_OfEachKey_IsTaken(string name, string text)
    {
        IReadOnlyList<PolicyProblem> problems = PolicyReader.Read(text, "example").Problems;
        Assert.True(problems.All(problem => problem.Severity != ProblemSeverity.Error), $"{name}: {string.Join('\n', problems)}");
    }

    public static TheoryData<string, string> AllKeys()
    {
        var data = new TheoryData<string, string>();
        foreach (Key key in PolicyKeys.Document.Keys) data.Add(key.Name, $"{key.Name}: {key.Example}");
        foreach ((string section, SectionShape shape, string rest) in (IEnumerable<(string, SectionShape, string)>)
            [
                ("user", TrustKeys.User, ""), ("limits", LimitKeys.Section, ""), ("environment", TrustKeys.Environment, ""),
                    ("egress", EgressKeys.Section, ""), ("seccomp", TrustKeys.Seccomp, ""),
                ("layers", TrustKeys.Layers, ""), ("debug", TrustKeys.Debug, "until: 2026-01-31T18:00:00Z, reason: x"),
                    ("tests", TestKeys.Section, ""),
                ("mounts", PlaceKeys.Mount, "source: /srv, target: /x, access: rw"), ("tmpfs", PlaceKeys.Tmpfs, "path: /x"),
                    ("workspace", PlaceKeys.Workspace, ""),
            ])
        {
            foreach (Key key in shape.Keys) data.Add($"{section}.{key.Name}", Example(section, key, rest));
        }

        foreach (Key key in EgressKeys.Rule.Keys)
            data.Add($"egress.allow.{key.Name}", $"egress: {{allow: [{{{(key.Name is "host" or "preset" ? "" : "host: a.org, ")}{key.Name}: {key.Example}}}]}}");
        foreach (Key key in EgressKeys.Refusal.Keys)
            data.Add($"egress.deny.{key.Name}", $"egress: {{deny: [{{{(key.Name is "host" or "preset" ? "" : "host: a.org, ")}{key.Name}: {key.Example}}}]}}");
        foreach (Key key in EgressKeys.Secret.Keys)
            data.Add($"secrets.{key.Name}", $"secrets: {{K: {{{string.Join(", ", EgressKeys.Secret.Keys.Where(other => other.IsRequired || other == key)
                .Select(other => $"{other.Name}: {other.Example}"))}}}}}");
        foreach (Key key in EgressKeys.Source.Keys)
            data.Add($"secrets.from.{key.Name}", $"secrets: {{K: {{from: {{{key.Name}: {key.Example}}}, hosts: [a.org]}}}}");
        foreach (Key key in TestKeys.Case.Keys) data.Add($"tests.{key.Name}", $"tests: {{deny: [{{{key.Name}: '{key.Example}'}}]}}");
        return data;
    }

    private static string Example(string section, Key key, string rest)
    {
        IEnumerable<string> others = rest.Split(", ", StringSplitOptions.RemoveEmptyEntries)
            .Where(other => !other.StartsWith(key.Name + ":", StringComparison.Ordinal)
                && !(key.Name is "mask" && other.StartsWith("access", StringComparison.Ordinal)));
        if (section is "user" && key.Name is "capabilities") others = ["name: root"];
        if (section is "workspace" && key.Name is "access" or "owner") others = others.Append("mount: .");
        string body = string.Join(", ", others.Append($"{key.Name}: {key.Example}").Distinct(StringComparer.Ordinal));
        if (section is "mounts" && key.Name is "owner") body =
            body.Replace("mount: ., ", "", StringComparison.Ordinal).Replace("mount: .", "", StringComparison.Ordinal);
        return section is "mounts" or "tmpfs" ? $"{section}: [{{{body}}}]" : $"{section}: {{{body}}}";
    }

    private static string Kebab(string name) =>
        string.Concat(name.Select((character, index) => char.IsUpper(character) && index > 0
            ? $"-{char.ToLowerInvariant(character)}" : char.ToLowerInvariant(character).ToString()));
}
