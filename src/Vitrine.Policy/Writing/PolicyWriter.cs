using System.Globalization;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Writing;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy;

/// <summary>Writes policies as canonical YAML: keys in the order of the documentation, values in their shortest spelling.</summary>
public static class PolicyWriter
{
    /// <summary>Writes one. Reading it back gives an equal policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="withDefaults">Whether keys with their default are written too.</param>
    public static string Write(PolicyDocument policy, bool withDefaults = false)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var document = new SectionWriter(withDefaults)
            .Node(PolicyKeys.Version, new YamlScalar(SourceMark.Nowhere, "1", IsPlain: true))
            .Text(PolicyKeys.Name, policy.Name)
            .Text(PolicyKeys.Description, policy.Description);
        User(document, policy.User);
        document.Text(PolicyKeys.Image, policy.Image)
            .Section(PolicyKeys.Workspace, PlaceWriter.Workspace(new SectionWriter(withDefaults), policy.Workspace))
            .Items(PolicyKeys.Mounts, policy.Mounts.Select(mount => PlaceWriter.Mount(new SectionWriter(withDefaults), mount)));
        PlaceWriter.Root(document, policy.Root);
        document.Items(PolicyKeys.Tmpfs, policy.Tmpfs.Select(place => PlaceWriter.Tmpfs(new SectionWriter(withDefaults), place)))
            .Section(PolicyKeys.Limits, LimitWriter.Write(new SectionWriter(withDefaults), policy.Limits))
            .Section(PolicyKeys.Environment, Environment(new SectionWriter(withDefaults), policy.Environment))
            .Section(PolicyKeys.Egress, EgressWriter.Egress(new SectionWriter(withDefaults), policy.Egress));
        EgressWriter.Secrets(document, policy.Secrets);
        document
            .Section(PolicyKeys.Seccomp, new SectionWriter(withDefaults)
                .Words(TrustKeys.SeccompAllow, policy.Seccomp.Allow)
                .Words(TrustKeys.SeccompDeny, policy.Seccomp.Deny))
            .Section(PolicyKeys.Layers, new SectionWriter(withDefaults).Words(TrustKeys.Require,
                policy.Layers.Require.Select(LayerNames.Of)));
        if (policy.Debug is { } debug) document.Section(PolicyKeys.Debug, Debug(new SectionWriter(withDefaults), debug));
        document.Section(PolicyKeys.Tests, Tests(new SectionWriter(withDefaults), policy.Tests));
        return YamlEmitter.Write(document.Mapping);
    }

    private static void User(SectionWriter document, UserSettings user)
    {
        bool isRoot = user is { Name: "root", Uid: 0, Gid: 0, Capabilities.Count: 0 };
        bool isDefault = user is { Name: "user", Uid: 1000, Gid: 1000, Capabilities.Count: 0 };
        if (isRoot || isDefault)
        {
            document.Plain(PolicyKeys.User, user.Name);
            return;
        }

        var section = new SectionWriter(withDefaults: true)
            .Text(TrustKeys.UserName, user.Name)
            .Plain(TrustKeys.Uid, Number(user.Uid))
            .Plain(TrustKeys.Gid, Number(user.Gid))
            .Words(TrustKeys.Capabilities, user.Capabilities);
        document.Section(PolicyKeys.User, section);
    }

    private static SectionWriter Environment(SectionWriter section, EnvironmentSettings environment)
    {
        if (environment.Set.Count > 0 || section.WithDefaults)
        {
            section.Node(TrustKeys.EnvironmentSet, new YamlMapping(SourceMark.Nowhere,
                [.. environment.Set.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => new YamlEntry(pair.Key, SourceMark.Nowhere,
                    new YamlScalar(SourceMark.Nowhere, pair.Value, IsPlain: false)))]));
        }

        return section.Words(TrustKeys.EnvironmentPass, environment.Pass);
    }

    private static SectionWriter Debug(SectionWriter section, DebugSettings debug) => section
        .Plain(TrustKeys.Until, Time(debug.Until))
        .Text(TrustKeys.Reason, debug.Reason)
        .Words(TrustKeys.Disable, debug.Disable.Select(LayerNames.Of));

    private static SectionWriter Tests(SectionWriter section, PolicyTests tests) => section
        .Plain(TestKeys.At, tests.At is { } at ? Time(at) : "")
        .Items(TestKeys.Accept, tests.Accept.Select(Case))
        .Items(TestKeys.Deny, tests.Deny.Select(Case));

    private static YamlMapping Case(PolicyTestCase test) =>
        new SectionWriter(withDefaults: true).Text(TestKeys.Of(test.Kind), test.Subject).Mapping;

    private static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
