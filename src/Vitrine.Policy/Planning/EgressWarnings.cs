using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Planning;

/// <summary>What is allowed but worth a second look.</summary>
internal static class EgressWarnings
{
    public static void Add(PlanContext context, List<PlannedRule> rules)
    {
        var seen = new List<EgressRule>();
        foreach ((string path, EgressRule rule) in rules)
        {
            if (rule.Protocol == EgressProtocol.Tcp)
                context.Warning("egress-tcp", path, $"{rule.Id} lets any bytes through to {rule.Host}: nothing says what is spoken",
                    "Write `protocol: tls` or `ssh` where that is what the host speaks");
            if (rule.Ports.Any(range => range.Last - range.First >= 1024))
                context.Warning("egress-ports", path, $"{rule.Id} allows {PortText.Of(rule.Ports)} of {rule.Host}",
                    "Name the ports that are needed");
            Shared(context, path, rule);
            if (seen.Find(earlier => Shadows(earlier, rule)) is { } first)
                context.Warning("egress-shadowed", path, $"{rule.Id} never decides: {first.Id} covers all of it and stands before it",
                    "Put the narrower rule first");
            seen.Add(rule);
        }
    }

    // Who only looks at the name in the hello cannot tell a request for another customer of the same front end (domain fronting).
    private static void Shared(PlanContext context, string path, EgressRule rule)
    {
        if (rule.Inspect || rule.Protocol != EgressProtocol.Tls) return;
        string name = rule.Host.StartsWith("*.", StringComparison.Ordinal) ? rule.Host[2..] : rule.Host;
        if (PublicSuffixes.DeliveryService(name) is not { } service) return;
        context.Warning("egress-shared", path,
            $"{rule.Host} lies on {service}, whose front ends serve others too: without `inspect` a request inside TLS can name "
                + "one of them",
            "Add `inspect: true` to hold each request to the name, and `paths` where buckets are told apart by path");
    }

    private static bool Shadows(EgressRule earlier, EgressRule rule) =>
        HostName.Covers(earlier.Host, rule.Host) && !PortText.AnyOutside(rule.Ports, earlier.Ports);
}
