namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Names that say a file is a secret. By name only: nothing is opened.</summary>
internal static class SecretNames
{
    private static readonly HashSet<string> s_files = new(StringComparer.OrdinalIgnoreCase)
    {
        ".env", ".envrc", ".netrc", "_netrc", ".npmrc", ".pypirc", ".git-credentials", ".pgpass", ".my.cnf", ".htpasswd", ".dockercfg",
            ".vault-token", ".s3cfg", ".boto",
        "credentials", "credentials.toml", "secrets.yaml", "secrets.yml", "secrets.json", "secrets.toml", "kubeconfig", "terraform.tfstate",
            "terraform.tfvars", "master.key",
    };

    private static readonly HashSet<string> s_directories =
        new(StringComparer.Ordinal) { ".ssh", ".aws", ".gnupg", ".kube", ".docker", ".azure", ".password-store" };

    private static readonly string[] s_suffixes = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".ovpn"];

    private static readonly string[] s_keyPrefixes = ["id_rsa", "id_ed25519", "id_ecdsa", "id_dsa"];

    private static readonly string[] s_jsonPrefixes = ["credentials", "client_secret", "service-account", "service_account", "gcp-key"];

    // Certificates are public; every Python installation has a cacert.pem.
    private static readonly HashSet<string> s_public = new(StringComparer.OrdinalIgnoreCase)
        { "cacert.pem", "ca.pem", "ca-bundle.pem", "ca-certificates.pem", "cert.pem", "fullchain.pem", "chain.pem", "public.pem", "pubkey.pem", "tls-ca-bundle.pem" };

    private static readonly string[] s_templates = [".example", ".sample", ".template", ".dist", ".pub"];

    public static bool Matches(ReadOnlySpan<char> nameSpan, bool isDirectory)
    {
        string name = nameSpan.ToString();
        if (isDirectory) return s_directories.Contains(name);
        if (s_public.Contains(name) || EndsWithAny(name, s_templates)) return false;
        return s_files.Contains(name) || name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase) || EndsWithAny(name, s_suffixes)
            || StartsWithAny(name, s_keyPrefixes)
            || (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                && (StartsWithAny(name, s_jsonPrefixes) || name.EndsWith("-credentials.json", StringComparison.OrdinalIgnoreCase)));
    }

    private static bool EndsWithAny(string name, string[] parts) =>
        parts.Any(part => name.EndsWith(part, StringComparison.OrdinalIgnoreCase));

    private static bool StartsWithAny(string name, string[] parts) =>
        parts.Any(part => name.StartsWith(part, StringComparison.OrdinalIgnoreCase));
}
