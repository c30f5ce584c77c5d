namespace Vitrine.Policy.Explain;

/// <summary>Makes statements with the place that says so.</summary>
internal static class Statement
{
    public static PolicyStatement Allowed(PolicyDocument policy, string path, string sentence) =>
        Make(StatementKind.Allowed, policy, path, sentence);

    public static PolicyStatement Refused(PolicyDocument policy, string path, string sentence) =>
        Make(StatementKind.Refused, policy, path, sentence);

    public static PolicyStatement Limit(PolicyDocument policy, string path, string sentence) =>
        Make(StatementKind.Limit, policy, path, sentence);

    public static PolicyStatement Warning(PolicyDocument policy, string path, string sentence) =>
        Make(StatementKind.Warning, policy, path, sentence);

    private static PolicyStatement Make(StatementKind kind, PolicyDocument policy, string path, string sentence) =>
        new(kind, path, Problems.Printable.Of(sentence, 600), policy.Source.Reason(path));
}
