namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Where hosts keep credentials.</summary>
internal static class CredentialStores
{
    /// <summary>Relative to a home directory.</summary>
    public static readonly IReadOnlyList<string> InHome =
    [
        // shells, keys, version control
        ".ssh", ".gnupg", ".netrc", ".git-credentials", ".config/git/credentials", ".config/gh", ".config/hub", ".config/glab-cli",
            ".password-store",
        ".local/share/keyrings", ".local/share/kwalletd", ".vault-token", ".config/op", ".1password", ".config/Bitwarden",
        ".bash_history", ".zsh_history", ".python_history", ".psql_history", ".mysql_history", ".node_repl_history",
        // clouds and clusters
        ".aws", ".azure", ".kube", ".config/gcloud", ".boto", ".s3cfg", ".config/rclone", ".oci", ".databrickscfg", ".config/doctl", ".fly",
            ".terraform.d", ".terraformrc",
        ".docker", ".config/containers", ".helm",
        // package registries
        ".npmrc", ".yarnrc.yml", ".pypirc", ".config/pip", ".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials",
            ".m2/settings.xml", ".m2/settings-security.xml",
        ".gradle/gradle.properties", ".nuget/NuGet", ".config/NuGet", ".composer/auth.json", ".config/composer/auth.json", ".condarc",
        // data bases
        ".pgpass", ".my.cnf", ".mylogin.cnf",
        // browsers and mail
        ".mozilla", ".thunderbird", ".config/google-chrome", ".config/chromium", ".config/BraveSoftware", ".config/microsoft-edge",
            ".config/vivaldi", ".config/opera",
        "snap/firefox", "snap/chromium",
        // agents
        ".claude/.credentials.json", ".claude.json", ".codex/auth.json", ".config/github-copilot", ".gemini", ".cursor",
    ];

    /// <summary>Absolute.</summary>
    public static readonly IReadOnlyList<string> OnHost =
    [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssh", "/etc/ssl/private",
            "/etc/pki/tls/private",
        "/etc/krb5.keytab", "/etc/kubernetes", "/etc/rancher", "/etc/docker", "/etc/wireguard", "/etc/openvpn", "/etc/letsencrypt",
            "/etc/NetworkManager/system-connections",
        "/var/lib/kubelet", "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/rancher", "/var/lib/etcd",
            "/var/lib/lxd", "/var/lib/incus",
        "/var/lib/libvirt", "/var/lib/cloud", "/var/lib/sss", "/var/spool/cron",
    ];
}
