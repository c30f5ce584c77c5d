using System.Globalization;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;

namespace Vitrine.Policy.Egress;

/// <summary>A connection or request that somebody asks about. The text is taken apart here, and not by what repairs URLs on the way: what a
/// program inside would send is what is judged.</summary>
/// <param name="Host">The host as it stands.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Protocol">What the URL's scheme speaks; null where it says nothing.</param>
/// <param name="Method">Method of the request; null when only the connection is asked about.</param>
/// <param name="Path">Path and query of the request; null as above.</param>
public sealed record EgressQuestion(string Host, int Port, EgressProtocol? Protocol, string? Method, string? Path)
{
    /// <summary>The code where scheme and rule speak differently.</summary>
    public const string ProtocolCode = "protocol";

    /// <summary>Reads `https://host[:port]/path`, `http://…`, `wss://…`, `ws://…`, `ssh://host`, or `host[:port]`.</summary>
    /// <param name="text">The text.</param>
    /// <param name="method">The method for http and https; GET when null.</param>
    /// <param name="question">The question, when it could be read.</param>
    /// <param name="error">A sentence, when it could not; else an empty text.</param>
    public static bool TryParse(string text, string? method, out EgressQuestion? question, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        question = null;
        int schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = schemeEnd < 0 ? "" : text[..schemeEnd].ToLowerInvariant();
        EgressProtocol? protocol = scheme switch
        {
            "https" or "wss" => EgressProtocol.Tls,
            "http" or "ws" => EgressProtocol.Http,
            "ssh" => EgressProtocol.Ssh,
            _ => null,
        };
        if (schemeEnd >= 0 && protocol is null)
            return Fail($"'{Printable.Of(scheme)}' is no scheme known here: write https://, http://, ssh:// or NAME:PORT.", out error);
        string rest = schemeEnd < 0 ? text : text[(schemeEnd + 3)..];
        int end = rest.AsSpan().IndexOfAny('/', '?', '#');
        string authority = end < 0 ? rest : rest[..end];
        if (schemeEnd < 0 && end >= 0) return Fail($"'{Printable.Of(text)}' has a path but no scheme: write https:// before it.",
            out error);
        if (authority.Contains('@') && protocol != EgressProtocol.Ssh)
            return Fail("A URL with a user name or password in it is not judged: leave that out.", out error);
        authority = authority[(authority.LastIndexOf('@') + 1)..];

        (string host, string port) = Split(authority);
        int number = protocol switch { EgressProtocol.Http => 80, EgressProtocol.Ssh => 22, _ => 443 };
        if (port.Length > 0 && (PortText.Read(port, out PortRange range) is not null || range.First != range.Last
            || (number = range.First) == 0))
            return Fail($"'{Printable.Of(port)}' is no port from 1 to 65535.", out error);
        bool isRequest = protocol is EgressProtocol.Tls or EgressProtocol.Http;
        if (method is not null && !isRequest) return Fail("A method needs an https:// or http:// URL.", out error);
        string path = end < 0 || rest[end] == '#' ? "/" : rest[end..].Split('#')[0];
        question = new EgressQuestion(host, number, protocol, isRequest ? method ?? "GET" : null,
            isRequest ? path[0] == '/' ? path : "/" + path : null);
        error = "";
        return true;
    }

    /// <summary>What the rules say: of the connection first, then of what is spoken on it, then of the request where it is looked
    /// at.</summary>
    public EgressVerdict Ask(EgressPlan plan)
    {
        EgressVerdict verdict = EgressJudge.Judge(plan, Host, Port);
        if (verdict is not { Allowed: true, Rule: { } rule }) return verdict;
        if (Protocol is { } spoken && rule.Protocol != EgressProtocol.Tcp && rule.Protocol != spoken)
            return new EgressVerdict(false, rule, ProtocolCode, string.Create(CultureInfo.InvariantCulture,
                $"{rule.Id} allows {rule.Host} to speak {Name(rule.Protocol)} on port {Port}, not {Name(spoken)}"),
                spoken == EgressProtocol.Http
                    ? "Use https, or add a rule with `protocol: http` for that port"
                    : $"Add a rule with `protocol: {Name(spoken)}` for that port");
        return Method is { } method && Path is { } path && rule.Inspect ? EgressJudge.JudgeRequest(rule, method, path) : verdict;
    }

    private static string Name(EgressProtocol protocol) => protocol.ToString().ToLowerInvariant();

    // Of an address in brackets, the colon behind them; of one without, none.
    private static (string Host, string Port) Split(string authority)
    {
        int bracket = authority.LastIndexOf(']');
        int colon = authority.IndexOf(':', Math.Max(0, bracket));
        bool isBare = bracket < 0 && colon >= 0 && authority.IndexOf(':', colon + 1) >= 0;
        return colon < 0 || isBare ? (authority, "") : (authority[..colon], authority[(colon + 1)..]);
    }

    private static bool Fail(string message, out string error)
    {
        error = message;
        return false;
    }
}
