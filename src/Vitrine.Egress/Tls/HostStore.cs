using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vitrine.Egress.Tls;

/// <summary>
/// The roots that the host trusts for servers, as one PEM file of its distribution. Read again when the file has changed.
/// </summary>
internal static class HostStore
{
    private static readonly string[] s_places =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    private static readonly Lock s_gate = new();
    private static (string Path, DateTime Written, long Length, RootFile Roots)? s_read;

    /// <summary>Its roots; none when the host has no such file.</summary>
    public static RootFile Read()
    {
        lock (s_gate)
        {
            foreach (string place in s_places)
            {
                var file = new FileInfo(place);
                if (!file.Exists)
                    continue;
                if (s_read is { } read && read.Path == place && read.Written == file.LastWriteTimeUtc && read.Length == file.Length)
                    return read.Roots;
                RootFile roots = RootFile.Read(place);
                s_read = (place, file.LastWriteTimeUtc, file.Length, roots);
                return roots;
            }

            return RootFile.Empty;
        }
    }
}

/// <summary>Certificates of a PEM file; keys and other things in it are left out.</summary>
/// <param name="Pem">The certificates alone, each ended by a newline.</param>
/// <param name="Certificates">The same.</param>
internal sealed record RootFile(byte[] Pem, X509Certificate2Collection Certificates)
{
    /// <summary>Most bytes of such a file.</summary>
    private const int MaxBytes = 16 << 20;

    public static RootFile Empty { get; } = new([], []);

    /// <exception cref="EgressException">It cannot be read, is over 16 MiB or holds no certificate.</exception>
    public static RootFile Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > MaxBytes)
                throw new EgressException(
                    $"The file of authorities {path} has {file.Length} bytes; at most {MaxBytes} are read. Name one with roots alone.");
            string text = File.ReadAllText(path);
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(text);
            if (certificates.Count == 0)
                throw new EgressException(
                    $"The file of authorities {path} holds no certificate. It must be PEM with BEGIN CERTIFICATE lines.");
            return Of(certificates);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new EgressException($"The file of authorities {path} cannot be read: {error.Message}", error);
        }
    }

    public static RootFile Of(X509Certificate2Collection certificates)
    {
        var pem = new StringBuilder();
        foreach (X509Certificate2 certificate in certificates)
            pem.Append(certificate.ExportCertificatePem()).Append('\n');
        return new RootFile(Encoding.ASCII.GetBytes(pem.ToString()), certificates);
    }
}
