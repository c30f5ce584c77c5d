using System.Text;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// The secrets of one sandbox, and what is done with their placeholders in a request: put in at the named place, refused anywhere else.
/// </summary>
internal sealed class SecretSet(IReadOnlyList<SecretValue> secrets)
{
    public static SecretSet Empty { get; } = new([]);

    /// <summary>The secrets.</summary>
    public IReadOnlyList<SecretValue> Secrets { get; } = secrets;

    /// <summary>What their placeholders look like.</summary>
    public IReadOnlyList<PlaceholderText> Texts { get; } = [.. secrets.Select(secret => new PlaceholderText(secret))];

    /// <summary>Variables inside: name and placeholder.</summary>
    public IReadOnlyDictionary<string, string> Variables => Secrets.ToDictionary(
        secret => secret.Plan.Name, secret => secret.Placeholder, StringComparer.Ordinal);

    /// <summary>
    /// The same values and placeholders for changed rules: hosts and places are the new ones. A secret that is new has no value yet and
    /// is left out.
    /// </summary>
    public SecretSet With(IReadOnlyList<SecretPlan> plans) => new(
        [.. Secrets.Select(secret => secret.With(plans.FirstOrDefault(plan => plan.Name == secret.Plan.Name) ?? Nowhere(secret.Plan)))]);

    /// <summary>The secrets that go to a host.</summary>
    /// <param name="name">Name in normal form.</param>
    /// <param name="isTls">Whether the way there is verified TLS; on no other is anything put in.</param>
    public IReadOnlyList<SecretValue> For(string name, bool isTls) => isTls ? [.. Secrets.Where(secret => secret.IsFor(name))] : [];

    /// <summary>The value of a header as it leaves.</summary>
    /// <param name="here">Secrets for the host, as <see cref="For"/> gives them.</param>
    /// <param name="header">Its name.</param>
    /// <param name="value">Its value, one line.</param>
    /// <param name="use">Gets what was put in.</param>
    /// <exception cref="SecretMisplacedException">It holds a placeholder that is not for this header or host.</exception>
    public string Header(IReadOnlyList<SecretValue> here, string header, string value, SecretUse use)
    {
        if (Secrets.Count == 0)
            return value;
        // What is left in when the values are not: a value may hold anything.
        string rest = value;
        string sent = value;
        foreach (SecretValue secret in here.Where(secret => secret.Plan.Headers.Contains(header, StringComparer.OrdinalIgnoreCase)))
        {
            if (sent.Contains(secret.Placeholder, StringComparison.Ordinal))
            {
                sent = sent.Replace(secret.Placeholder, InHeader(secret), StringComparison.Ordinal);
                rest = rest.Replace(secret.Placeholder, "", StringComparison.Ordinal);
                use.Add(secret);
            }
        }

        if (ReferenceEquals(sent, value) && BasicCredentials.Decode(value) is { } plain)
        {
            string put = Header(here, header, plain, use);
            if (ReferenceEquals(put, plain))
                return value;
            sent = BasicCredentials.Encode(put);
            use.Add(sent["Basic ".Length..], value[(value.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim());
            return sent;
        }

        Refuse(rest, $"in the header {header}");
        return sent;
    }

    /// <summary>Refuses a text that holds a placeholder.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">Place, for the message: `in the path`.</param>
    /// <exception cref="SecretMisplacedException">It holds one.</exception>
    public void Refuse(string text, string where)
    {
        if (PlaceholderScanner.Find(Texts, text) is { } secret)
            throw new SecretMisplacedException(secret, where);
    }

    /// <summary>Refuses bytes that hold a placeholder.</summary>
    /// <param name="bytes">The bytes, whole.</param>
    /// <param name="where">Place, for the message.</param>
    /// <exception cref="SecretMisplacedException">They hold one.</exception>
    public void Refuse(ReadOnlySpan<byte> bytes, string where)
    {
        if (Secrets.Count > 0 && new PlaceholderScanner(Texts).Find(bytes) is { } secret)
            throw new SecretMisplacedException(secret, where);
    }

    // Headers are one byte a character here, and a value goes as UTF-8.
    private static string InHeader(SecretValue secret) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret.Reveal()));

    private static SecretPlan Nowhere(SecretPlan plan) => plan with { Hosts = [] };
}

/// <summary>Credentials of the Basic scheme (RFC 7617).</summary>
internal static class BasicCredentials
{
    private const string Scheme = "Basic ";

    /// <summary>`user:password`; null when the header holds no such thing. One byte a character.</summary>
    public static string? Decode(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        byte[] bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out int length)
            ? Encoding.Latin1.GetString(bytes, 0, length)
            : null;
    }

    /// <summary>The header's value for what <see cref="Decode"/> gave.</summary>
    public static string Encode(string credentials) => Scheme + Convert.ToBase64String(Encoding.Latin1.GetBytes(credentials));
}
