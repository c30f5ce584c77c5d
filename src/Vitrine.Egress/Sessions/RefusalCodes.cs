namespace Vitrine.Egress;

/// <summary>Codes of refusals that no rule decides, beside those of <see cref="Policy.Egress.EgressCodes"/>.</summary>
internal static class RefusalCodes
{
    /// <summary>The name resolved to no address that may be dialled.</summary>
    public const string ForbiddenAddress = "forbidden-address";

    /// <summary>The name could not be resolved.</summary>
    public const string Unresolvable = "unresolvable";

    /// <summary>No address of the name took the connection.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Nothing answered in time.</summary>
    public const string TimedOut = "timed-out";

    /// <summary>The first bytes are not those of the rule's protocol.</summary>
    public const string Protocol = "protocol";

    /// <summary>The client did not send its first bytes in time.</summary>
    public const string HelloTimeout = "hello-timeout";

    /// <summary>A ClientHello without a server name.</summary>
    public const string ServerNameMissing = "sni-missing";

    /// <summary>A ClientHello for another name.</summary>
    public const string ServerNameDiffers = "sni-differs";

    /// <summary>Encrypted Client Hello.</summary>
    public const string EncryptedHello = "ech";

    /// <summary>A request to a proxy that is malformed or not supported.</summary>
    public const string BadRequest = "bad-request";

    /// <summary>The rule's byte budget is used up.</summary>
    public const string Budget = "budget";

    /// <summary>Too many names below one wildcard, or in all.</summary>
    public const string NameBudget = "name-budget";

    /// <summary>The sandbox has as many connections open as it may.</summary>
    public const string Connections = "connections";

    /// <summary>The gateway holds as much as it may.</summary>
    public const string GatewayFull = "gateway-full";

    /// <summary>The gateway cannot judge what the rule asks it to.</summary>
    public const string NotInspected = "not-inspected";
}
