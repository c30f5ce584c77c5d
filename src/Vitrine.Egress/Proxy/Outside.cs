using System.Net;
using System.Net.Sockets;
using Vitrine.Egress.Rules;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Proxy;

/// <summary>The world outside: names become addresses, addresses are judged, and connections are made to exactly those.</summary>
internal sealed class Outside(EgressGatewayOptions options)
{
    private readonly AddressGuard _guard = new(options.Clock);

    /// <summary>What may be dialled for a name.</summary>
    /// <exception cref="EgressRefusedException">It does not resolve, or to nothing that may be dialled.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, EgressRule rule, EgressPlan plan, CancellationToken cancellationToken)
    {
        IPAddress[] found;
        try
        {
            found = await System.Net.Dns.GetHostAddressesAsync(name, cancellationToken).WaitAsync(options.ResolveTimeout, options.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new EgressRefusedException(new Refusal(RefusalCodes.Unresolvable, $"{name} does not resolve: {e.Message}", rule.Id));
        }
        catch (TimeoutException)
        {
            throw new EgressRefusedException(new Refusal(RefusalCodes.TimedOut, $"no name server answered for {name} in time", rule.Id));
        }

        return Judged(found, name, rule);
    }

    /// <summary>Connects to the first address that answers.</summary>
    /// <exception cref="EgressRefusedException">None does.</exception>
    public Task<OutsideConnection> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, string name, ushort port, EgressRule rule, EgressPlan plan, CancellationToken cancellationToken) =>
        Dialer.DialAsync(addresses, name, port, rule, options, cancellationToken);

    /// <summary>Those that may be dialled. A metadata address among them refuses all: a name that gives one out is an attack.</summary>
    private List<IPAddress> Judged(IReadOnlyList<IPAddress> found, string name, EgressRule rule)
    {
        var allowed = new List<IPAddress>();
        Refusal? worst = null;
        foreach (IPAddress address in found)
        {
            Refusal? refusal = _guard.Judge(address, name, rule);
            if (refusal is null)
                allowed.Add(address);
            else if (refusal.Code == Policy.Egress.EgressCodes.Metadata)
                throw new EgressRefusedException(refusal);
            worst ??= refusal;
        }

        if (allowed.Count > 0)
            return allowed;
        throw new EgressRefusedException(worst ?? new Refusal(RefusalCodes.Unresolvable, $"{name} has no address", rule.Id));
    }
}
