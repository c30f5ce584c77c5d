namespace Vitrine.Policy.Explain;

/// <summary>Collects changes. Each method knows one way in which a value can be wider than another.</summary>
internal sealed class ChangeList(PolicySource before, PolicySource after)
{
    private const string Nothing = "-";

    public List<PolicyChange> Items { get; } = [];

    /// <summary>More is wider.</summary>
    public void Amount<T>(string path, T old, T now, Func<T, string> format)
        where T : IComparable<T>
    {
        int order = now.CompareTo(old);
        if (order != 0) Add(order > 0 ? PolicyChangeKind.Widens : PolicyChangeKind.Narrows, path, format(old), format(now));
    }

    /// <summary>True is wider.</summary>
    public void Flag(string path, bool old, bool now) => Amount(path, old, now, value => value ? "true" : "false");

    /// <summary>Each item more is wider.</summary>
    public void Grants(string path, IEnumerable<string> old, IEnumerable<string> now) =>
        Sets(path, old, now, PolicyChangeKind.Widens, PolicyChangeKind.Narrows);

    /// <summary>Each item more is narrower.</summary>
    public void Demands(string path, IEnumerable<string> old, IEnumerable<string> now) =>
        Sets(path, old, now, PolicyChangeKind.Narrows, PolicyChangeKind.Widens);

    /// <summary>Another value is neither.</summary>
    public void Other(string path, string old, string now)
    {
        if (!string.Equals(old, now, StringComparison.Ordinal)) Add(PolicyChangeKind.Changes, path, Shown(old), Shown(now));
    }

    public void Add(PolicyChangeKind kind, string path, string old, string now) =>
        Items.Add(new PolicyChange(kind, path, old, now) { Reason = Reason(path.Split(' ')[0]) });

    private string Reason(string path)
    {
        if (!after.States(path) && before.States(path)) return "removed";
        int line = after.Mark(path).Line;
        return line > 0 ? $"{after.Name}:{line}" : "default";
    }

    private void Sets(string path, IEnumerable<string> old, IEnumerable<string> now, PolicyChangeKind added, PolicyChangeKind removed)
    {
        HashSet<string> had = old.ToHashSet(StringComparer.Ordinal);
        HashSet<string> has = now.ToHashSet(StringComparer.Ordinal);
        foreach (string item in has.Except(had, StringComparer.Ordinal).Order(StringComparer.Ordinal)) Add(added, path, Nothing, item);
        foreach (string item in had.Except(has, StringComparer.Ordinal).Order(StringComparer.Ordinal)) Add(removed, path, item, Nothing);
    }

    private static string Shown(string value) => value.Length == 0 ? Nothing : value;
}
