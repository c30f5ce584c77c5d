using Vitrine.Policy.Model;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Testing;

/// <summary>Whether a host is on the list.</summary>
internal static class HostAnswers
{
    private const string DefaultPort = "443";

    public static TestAnswer Ask(EgressSettings egress, string subject)
    {
        if (HostPattern.Error(subject) is { } error) return TestAnswer.Unanswerable($"the host {error}");
        (string name, string port) = Split(subject.ToLowerInvariant());
        string? rule = egress.Allow.FirstOrDefault(pattern => Matches(pattern, name, port));
        return rule is null ? new TestAnswer(false, "no rule allows it") : new TestAnswer(true, $"the rule {rule} allows it");
    }

    private static bool Matches(string pattern, string name, string port)
    {
        (string wanted, string wantedPort) = Split(pattern);
        if (!string.Equals(port, wantedPort, StringComparison.Ordinal)) return false;
        return wanted.StartsWith("*.", StringComparison.Ordinal)
            ? name.Length > wanted.Length - 1 && name.EndsWith(wanted[1..], StringComparison.Ordinal)
            : string.Equals(name, wanted, StringComparison.Ordinal);
    }

    private static (string Name, string Port) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon < 0 ? (text, DefaultPort) : (text[..colon], text[(colon + 1)..]);
    }
}
