using System.Globalization;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;

namespace Vitrine.Policy.Egress;

/// <summary>
/// The one reading of the rules, for the gateway and for whoever asks it what would happen. In this order: is it a name at all, is it a
/// metadata service, does a deny rule cover it, which allow rule covers name and port first. Pure: nothing is resolved or dialled, and what
/// a name resolves to is judged elsewhere.
/// </summary>
public static class EgressJudge
{
    private static readonly PortRange[] s_allPorts = [new(1, ushort.MaxValue)];

    /// <summary>Judges a connection.</summary>
    /// <param name="plan">The rules.</param>
    /// <param name="host">The name as it came; hostile.</param>
    /// <param name="port">0 to 65535; 0 is never allowed.</param>
    public static EgressVerdict Judge(EgressPlan plan, string host, int port)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (Refusal(host, out string name) is { } refusal) return refusal;
        if (plan.Deny.FirstOrDefault(rule => Covers(rule, name, port)) is { } deny) return Denied(deny, At(name, port));
        if (plan.Allow.FirstOrDefault(rule => Covers(rule, name, port)) is { } allow) return Pass(allow, At(name, port));
        if (plan.Allow.FirstOrDefault(rule => HostName.Matches(rule.Host, name)) is { } elsewhere)
            return new EgressVerdict(false, elsewhere, EgressCodes.Port,
                $"{name} is allowed by {elsewhere.Id}, but on {PortText.Of(elsewhere.Ports)} only, not on {Number(port)}",
                port is > 0 and <= 65535 ? Addition(name, port) : "");
        return new EgressVerdict(false, null, EgressCodes.NotAllowed, $"no rule allows {At(name, port)}",
            port is > 0 and <= 65535 ? Addition(name, port) : "");
    }

    /// <summary>Judges a name whose port is not known yet, as a name server must: allowed when some port of it may be reached.</summary>
    /// <param name="plan">The rules.</param>
    /// <param name="host">The name as it came; hostile.</param>
    public static EgressVerdict JudgeName(EgressPlan plan, string host)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (Refusal(host, out string name) is { } refusal) return refusal;
        EgressRule[] denies = [.. plan.Deny.Where(rule => HostName.Matches(rule.Host, name))];
        EgressRule? denied = PortText.AnyOutside(s_allPorts, denies.SelectMany(deny => deny.Ports)) ? null : denies[0];
        foreach (EgressRule rule in plan.Allow.Where(rule => HostName.Matches(rule.Host, name)))
        {
            if (PortText.AnyOutside(rule.Ports, denies.SelectMany(deny => deny.Ports))) return Pass(rule, name);
            denied ??= denies[0];
        }

        return denied is not null
            ? Denied(denied, name)
            : new EgressVerdict(false, null, EgressCodes.NotAllowed, $"no rule allows {name}", Addition(name, 443));
    }

    /// <summary>Judges one request on a connection that a rule allowed.</summary>
    /// <param name="rule">The rule that allowed the connection.</param>
    /// <param name="method">The method as it came; a WebSocket over HTTP/2 (RFC 8441) is to be judged as GET.</param>
    /// <param name="path">The path as it came, still encoded; what follows `?` does not matter.</param>
    public static EgressVerdict JudgeRequest(EgressRule rule, string method, string path)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        string shown = Printable.Of(method, 32);
        if (method is "TRACE" or "TRACK" or "CONNECT")
            return new EgressVerdict(false, rule, EgressCodes.Method, $"the method {shown} is never allowed", "");
        if (rule.Methods.Count > 0 && !rule.Methods.Contains(method, StringComparer.Ordinal))
            return new EgressVerdict(false, rule, EgressCodes.Method,
                $"{rule.Id} allows {string.Join(", ", rule.Methods)} at {rule.Host}, not {shown}",
                    $"Add {shown} to the methods of {rule.Id}");
        if (rule.Paths.Count == 0) return Pass(rule, rule.Host);

        string plain = path.Split('?', 2)[0];
        if (PathPattern.FormError(plain) is { } error)
            return new EgressVerdict(false, rule, EgressCodes.PathForm, $"the path '{Printable.Of(plain)}' {error}",
                "Ask for the plain path: the rule is about paths, and servers read this one in different ways");
        return rule.Paths.Any(pattern => PathPattern.Matches(pattern, plain))
            ? Pass(rule, rule.Host)
            : new EgressVerdict(false, rule, EgressCodes.Path,
                $"{rule.Id} allows {Printable.Of(string.Join(", ", rule.Paths), 200)} at {rule.Host}, not '{Printable.Of(plain)}'",
                $"Add it to the paths of {rule.Id}");
    }

    private static bool Covers(EgressRule rule, string name, int port) =>
        HostName.Matches(rule.Host, name) && rule.Ports.Any(range => port != 0 && range.First <= port && port <= range.Last);

    private static EgressVerdict? Refusal(string host, out string name)
    {
        ArgumentNullException.ThrowIfNull(host);
        HostNameFault fault = HostName.Normalize(host, out name);
        if (fault == HostNameFault.Address)
            return new EgressVerdict(false, null, EgressCodes.Address, $"'{Printable.Of(host)}' is an address, and rules are about names",
                "Connect by the host's name, and allow that");
        if (fault != HostNameFault.None)
            return new EgressVerdict(false, null, EgressCodes.NameForm, $"'{Printable.Of(host)}' {FaultText(fault)}", fault switch
            {
                HostNameFault.TrailingDot => "Leave out the dot at the end",
                HostNameFault.NotAscii => "Use its ASCII form (xn--…)",
                _ => "",
            });
        return MetadataNames.Contains(name)
            ? new EgressVerdict(false, null, EgressCodes.Metadata, $"{name} hands out this machine's credentials and is never allowed", "")
            : null;
    }

    internal static string FaultText(HostNameFault fault) => fault switch
    {
        HostNameFault.Empty => "is empty",
        HostNameFault.Address => "is an address, not a name",
        HostNameFault.NotAscii => "has letters beyond ASCII",
        HostNameFault.TrailingDot => "ends with a dot",
        _ => "is no host name",
    };

    private static EgressVerdict Pass(EgressRule rule, string what) =>
        new(true, rule, EgressCodes.Allowed, $"{rule.Id} allows {what}", "");

    private static EgressVerdict Denied(EgressRule rule, string what) => new(false, rule, EgressCodes.Denied,
        $"{rule.Id} denies {what}", $"Remove {rule.Id}: a deny rule wins over every allow rule");

    // What a person may paste: 443 needs no port, but for a name without a dot, which would read as a preset.
    private static string Addition(string name, int port)
    {
        string target = port == 443 && name.Contains('.') ? name : At(name, port);
        return $"Add `--allow {target}`, or `- {target}` below egress.allow";
    }

    private static string At(string name, int port) => $"{name}:{Number(port)}";

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);
}
