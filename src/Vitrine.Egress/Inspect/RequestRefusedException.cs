namespace Vitrine.Egress.Inspect;

/// <summary>A request ends in a refusal.</summary>
internal sealed class RequestRefusedException(int status, Refusal refusal, string? host = null, int port = 0) : Exception(refusal.Message)
{
    /// <summary>HTTP status, 400 to 504.</summary>
    public int Status { get; } = status;

    /// <summary>Why.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>The host it was for, where that differs from the connection's; null where it does not or is not known.</summary>
    public string? Host { get; } = host;

    /// <summary>Its port.</summary>
    public int Port { get; } = port;
}

/// <summary>Codes of refusals of requests, beside those of connections.</summary>
internal static class InspectCodes
{
    /// <summary>A request that can be read in two ways, or not at all.</summary>
    public const string Request = "request-form";

    /// <summary>A request for another host or port than its connection.</summary>
    public const string Misdirected = "misdirected";

    /// <summary>A secret's placeholder where its value is not put in.</summary>
    public const string Placeholder = "placeholder";

    /// <summary>The server's certificate is not trusted or for another name.</summary>
    public const string Certificate = "certificate";

    /// <summary>The server ended the connection or did not speak HTTP.</summary>
    public const string Upstream = "upstream";

    /// <summary>Too many requests at once.</summary>
    public const string Busy = "busy";
}
