using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `secrets`.</summary>
internal static class SecretReader
{
    // What frames a message, or what the gateway sets itself, is no place for a credential (RFC 9110 section 7.6.1, RFC 9112 section 6).
    private static readonly string[] s_refusedHeaders =
        ["host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect",
            "content-encoding",
            "accept-encoding", "proxy-authorization", "proxy-connection"];

    // Variables that every command has, or that the gateway sets: proxies, and the bundles of whom to trust.
    private static readonly string[] s_taken =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TERM", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO", "NPM_CONFIG_CAFILE", "CARGO_HTTP_CAINFO", "AWS_CA_BUNDLE", "DENO_CERT",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE", "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
        "NODE_EXTRA_CA_CERTS", "JAVA_TOOL_OPTIONS",
    ];

    public static IReadOnlyList<SecretSettings> Read(SectionReader document, EnvironmentSettings environment)
    {
        var secrets = new List<SecretSettings>();
        foreach ((string name, SectionReader section) in document.Named(PolicyKeys.Secrets))
        {
            if (VariableNames.Error(name) is { } error)
                section.Problems.Error("secret-name", section.Path, section.Mark, $"'{Printable.Of(name)}' {error}",
                    "The name is that of the variable inside: letters, digits and _, not starting with a digit");
            else if (environment.Set.ContainsKey(name) || environment.Pass.Contains(name, StringComparer.Ordinal)
                || s_taken.Contains(name.ToUpperInvariant(), StringComparer.Ordinal))
                section.Problems.Error("variable-twice", section.Path, section.Mark,
                    $"the variable '{name}' is set otherwise, and the secret's placeholder would have to stand in it",
                        "Give the secret another name");
            secrets.Add(new SecretSettings
            {
                Name = name,
                From = Source(section.Section(EgressKeys.From)),
                Hosts = Hosts(section),
                Headers = Headers(section) ?? ["Authorization"],
                Body = section.Words(EgressKeys.Body) ?? [],
            });
            if (section.Node(EgressKeys.Headers) is YamlSequence { Items.Count: 0 } && secrets[^1].Body.Count == 0)
                section.Problems.Error("secret-place", section.Path, section.Mark, $"the secret '{Printable.Of(name)}' may stand nowhere",
                    "Name a header or a field of the body, or leave `headers` out for Authorization");
        }

        return secrets;
    }

    private static SecretSource Source(SectionReader section)
    {
        string? variable = section.Text(EgressKeys.FromEnvironment);
        string? file = section.Text(EgressKeys.FromFile);
        IReadOnlyList<string>? command = section.Words(EgressKeys.FromCommand, unique: false);
        int sources = EgressKeys.Source.Keys.Count(key => section.Node(key) is not null);
        if (sources != 1 && section.Mark.Line > 0)
            section.Problems.Error("secret-source", section.Path, section.Mark,
                $"'{section.Path}' names {(sources == 0 ? "no source" : "several sources")}", "Write one of `env`, `file` and `command`");
        if (variable is not null && VariableNames.Error(variable) is { } error)
            section.Problems.Error("variable-name", section.PathOf(EgressKeys.FromEnvironment), section.Mark,
                $"'{Printable.Of(variable)}' {error}", "Write the variable's name");
        if (file is not null && PathRules.HostError(file) is { } form)
            section.Problems.Error("path-form", section.PathOf(EgressKeys.FromFile), section.Mark,
                $"the file '{Printable.Of(file)}' {form}",
                "Write an absolute path, ~/… or ./…");
        if (command is { Count: 0 })
            section.Problems.Error("secret-source", section.Path, section.Mark, $"'{section.Path}' has an empty command",
                "Write a program and its arguments, as in [pass, show, model-key]");
        return variable is not null ? new SecretSource(SecretSourceKind.Environment, variable, [])
            : file is not null ? new SecretSource(SecretSourceKind.File, file, [])
            : new SecretSource(SecretSourceKind.Command, "", command ?? []);
    }

    private static List<string> Hosts(SectionReader section)
    {
        var hosts = new List<string>();
        if (section.Node(EgressKeys.Hosts) is YamlSequence { Items.Count: 0 } empty)
            section.Problems.Error("secret-hosts", section.PathOf(EgressKeys.Hosts), empty.Mark, $"'{section.Path}' is for no host",
                "Name the hosts that get it, such as api.example.org");
        foreach ((string path, YamlNode node) in section.Items(EgressKeys.Hosts))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            if (HostPattern.Read(text, out string pattern) is { } fault)
                section.Problems.Error(fault.Code, path, node.Mark, $"'{Printable.Of(text)}' {fault.Error}", fault.Hint);
            else if (!hosts.Contains(pattern, StringComparer.Ordinal)) hosts.Add(pattern);
        }

        return hosts;
    }

    private static List<string>? Headers(SectionReader section)
    {
        if (section.Node(EgressKeys.Headers) is null) return null;
        var headers = new List<string>();
        foreach ((string path, YamlNode node) in section.Items(EgressKeys.Headers))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            bool isToken = text.Length is > 0 and <= 128 && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
            if (!isToken)
                section.Problems.Error("header-form", path, node.Mark, $"'{Printable.Of(text)}' is no header",
                    "Write one such as x-api-key");
            else if (s_refusedHeaders.Contains(text.ToLowerInvariant(), StringComparer.Ordinal))
                section.Problems.Error("header-refused", path, node.Mark, $"the header {text} is about the message, not about who sends it",
                    "Name the header that the host takes credentials in");
            else if (!headers.Contains(text, StringComparer.OrdinalIgnoreCase)) headers.Add(text);
        }

        return headers;
    }
}
