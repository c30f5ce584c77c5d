using System.Security.Cryptography;
using System.Text;

namespace Vitrine.Egress.Tls;

/// <summary>What makes programs inside trust the servers they may reach: files, and the variables that name them.</summary>
internal static class TrustFiles
{
    /// <summary>All roots, PEM.</summary>
    public const string Bundle = "/run/vitrine/ca-bundle.crt";

    /// <summary>The sandbox's authority alone, PEM.</summary>
    public const string Authority = "/run/vitrine/ca.crt";

    /// <summary>All roots as a key store of Java.</summary>
    public const string JavaBundle = "/run/vitrine/ca-bundle.jks";

    /// <summary>Where Debian, Alpine and most programs look that were not told otherwise.</summary>
    public const string SystemBundle = "/etc/ssl/certs/ca-certificates.crt";

    // OpenSSL and what asks it (Python's ssl, Ruby, wget, .NET, uv); then what brings its own store.
    private static readonly string[] s_variables =
    [
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO", "NPM_CONFIG_CAFILE", "CARGO_HTTP_CAINFO",
        "AWS_CA_BUNDLE", "DENO_CERT", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE",
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
    ];

    /// <summary>The files: the host's roots, the plan's authorities and the sandbox's own.</summary>
    /// <param name="authorities">The plan's.</param>
    /// <param name="own">The sandbox's authority; null when no rule inspects.</param>
    public static IReadOnlyList<EgressFile> Files(RootFile authorities, SandboxAuthority? own)
    {
        if (authorities.Certificates.Count == 0 && own is null)
            return [];
        RootFile host = HostStore.Read();
        byte[] ownPem = own is null ? [] : Encoding.ASCII.GetBytes(Pem(own.Certificate));
        byte[] bundle = [.. host.Pem, .. authorities.Pem, .. ownPem];
        IEnumerable<byte[]> roots = host.Certificates.Concat(authorities.Certificates).Select(root => root.RawData);
        byte[] java = JavaKeyStore.Write(own is null ? roots : roots.Append(own.Certificate));
        var files = new List<EgressFile> { new(Bundle, bundle), new(SystemBundle, bundle), new(JavaBundle, java) };
        if (own is not null)
            files.Add(new EgressFile(Authority, ownPem));
        return files;
    }

    /// <summary>The variables for these files.</summary>
    public static IReadOnlyDictionary<string, string> Variables(RootFile authorities, SandboxAuthority? own)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (authorities.Certificates.Count == 0 && own is null)
            return variables;
        foreach (string name in s_variables)
            variables.Add(name, Bundle);
        // Node adds these to the roots it has built in, and reads them at each start: the shorter file where it says enough.
        variables.Add("NODE_EXTRA_CA_CERTS", authorities.Certificates.Count == 0 ? Authority : Bundle);
        // Read by every Java there is, which says so on stderr. JKS needs no password to be read.
        variables.Add("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=" + JavaBundle);
        return variables;
    }

    private static string Pem(byte[] certificate) => PemEncoding.WriteString("CERTIFICATE", certificate) + "\n";
}
