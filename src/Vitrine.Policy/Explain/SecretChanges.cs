using Vitrine.Policy.Model;

namespace Vitrine.Policy.Explain;

/// <summary>Differences in secrets: whoever gets one more, and wherever it may stand besides, is wider.</summary>
internal static class SecretChanges
{
    public static void Collect(ChangeList changes, IReadOnlyList<SecretSettings> before, IReadOnlyList<SecretSettings> after)
    {
        changes.Grants("secrets", before.Select(secret => secret.Name), after.Select(secret => secret.Name));
        foreach (SecretSettings now in after)
        {
            if (before.FirstOrDefault(secret => string.Equals(secret.Name, now.Name, StringComparison.Ordinal)) is not { } old) continue;
            string path = $"secrets.{now.Name}";
            changes.Other($"{path}.from", Source(old), Source(now));
            changes.Grants($"{path}.hosts", old.Hosts, now.Hosts);
            changes.Grants($"{path}.headers", old.Headers, now.Headers);
            changes.Grants($"{path}.body", old.Body, now.Body);
        }
    }

    private static string Source(SecretSettings secret)
    {
        string text = secret.From.Command.Count > 0 ? string.Join(' ', secret.From.Command) : secret.From.Text;
        return $"{secret.From.Kind.ToString().ToLowerInvariant()} {text}";
    }
}
