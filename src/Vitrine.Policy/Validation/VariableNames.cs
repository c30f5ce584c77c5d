namespace Vitrine.Policy.Validation;

/// <summary>Names of environment variables: their form, and which of them look like secrets.</summary>
public static class VariableNames
{
    private static readonly string[] s_secretParts =
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "AUTH",
            "COOKIE", "SESSION_KEY"];

    private static readonly string[] s_secretNames = ["KUBECONFIG", "DOCKER_HOST", "DOCKER_CONFIG", "DATABASE_URL", "REDIS_URL",
        "PGPASSFILE", "NETRC", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS"];

    /// <summary>Why a text is no variable name, starting with a verb; null when it is one.</summary>
    public static string? Error(string name)
    {
        if (name.Length is 0 or > 256) return "is no variable name";
        if (char.IsAsciiDigit(name[0])) return "starts with a digit";
        return name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? null : "has characters no variable name has";
    }

    /// <summary>Whether the name of a variable says that its value is a secret.</summary>
    public static bool LooksSecret(string name)
    {
        string upper = name.ToUpperInvariant();
        return s_secretNames.Contains(upper, StringComparer.Ordinal) || upper.EndsWith("_KEY", StringComparison.Ordinal)
            || upper.StartsWith("AWS_", StringComparison.Ordinal)
                || s_secretParts.Any(part => upper.Contains(part, StringComparison.Ordinal));
    }
}
