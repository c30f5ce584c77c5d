using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// What was put into one request, as pairs of what left and what stands for it inside: the value, its JSON and percent-encoded forms, and
/// Basic
/// credentials as a whole. The response is searched for the former.
/// </summary>
internal sealed class SecretUse
{
    /// <summary>Shorter texts are not searched for in responses: they would be found where they mean something else. Bytes.</summary>
    public const int ShortestEcho = 8;

    private readonly List<(byte[] Sent, byte[] Inside)> _pairs = [];

    /// <summary>Whether anything was put in.</summary>
    public bool IsAny { get; private set; }

    /// <summary>The pairs, the longest text first: one may be part of another.</summary>
    public IReadOnlyList<(byte[] Sent, byte[] Inside)> Pairs => [.. _pairs.OrderByDescending(pair => pair.Sent.Length)];

    /// <summary>Notes a secret that was put in.</summary>
    public void Add(SecretValue secret)
    {
        IsAny = true;
        string value = secret.Reveal();
        string json = JsonEncodedText.Encode(value).ToString();
        string relaxed = JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        foreach (string form in (string[])[value, json, relaxed, Uri.EscapeDataString(value)])
            Add(form, secret.Placeholder);
    }

    /// <summary>Notes a text that holds a secret.</summary>
    public void Add(string sent, string inside)
    {
        IsAny = true;
        byte[] bytes = Encoding.UTF8.GetBytes(sent);
        if (bytes.Length >= ShortestEcho && !_pairs.Exists(pair => pair.Sent.AsSpan().SequenceEqual(bytes)))
            _pairs.Add((bytes, Encoding.UTF8.GetBytes(inside)));
    }
}

/// <summary>A placeholder stands where its value is not put in. The message names the secret and the place, never a value.</summary>
internal sealed class SecretMisplacedException(SecretValue secret, string where) : Exception(
    $"the placeholder of secret {secret.Plan.Name} is {where}, where its value is not put in")
{
    /// <summary>Name of the secret.</summary>
    public string Secret { get; } = secret.Plan.Name;
}
