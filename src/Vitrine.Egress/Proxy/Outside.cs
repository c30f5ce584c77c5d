using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vitrine.Egress.Dns;
using Vitrine.Egress.Rules;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Proxy;

/// <summary>The world outside: names become addresses, addresses are judged, and connections are made to exactly those.</summary>
internal sealed class Outside(EgressGatewayOptions options)
{
    private readonly AddressGuard _guard = new(options.Clock);
    private readonly NameResolver _resolver = new(options);

    /// <summary>Connects to a name.</summary>
    /// <param name="name">In normal form.</param>
    /// <param name="port">The port.</param>
    /// <param name="rule">The rule that allows it.</param>
    /// <param name="plan">The plan the rule is of.</param>
    /// <param name="resolving">What bounds the names looked up at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EgressRefusedException">It does not resolve, or to nothing that may be dialled, or nothing answers.</exception>
    public async Task<OutsideConnection> DialAsync(
        string name, ushort port, EgressRule rule, EgressPlan plan, SemaphoreSlim resolving, CancellationToken cancellationToken)
    {
        if (plan.UpstreamProxy is { } proxy)
            return await DialThroughAsync(UpstreamProxy.Parse(proxy), name, port, rule, plan, resolving, cancellationToken)
                .ConfigureAwait(false);
        IReadOnlyList<IPAddress> found = await ResolveAsync(name, rule, plan, resolving, cancellationToken).ConfigureAwait(false);
        return await Dialer.DialAsync(Judged(found, name, rule), name, port, rule, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        string name, EgressRule rule, EgressPlan plan, SemaphoreSlim resolving, CancellationToken cancellationToken)
    {
        await resolving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<IPAddress> found = await _resolver.ResolveAsync(name, plan.Resolvers, cancellationToken).ConfigureAwait(false);
            return found.Count > 0
                ? found
                : throw new EgressRefusedException(new Refusal(RefusalCodes.Unresolvable, $"{name} has no address", rule.Id));
        }
        catch (NameResolutionException e)
        {
            throw new EgressRefusedException(new Refusal(e.IsTimeout ? RefusalCodes.TimedOut : RefusalCodes.Unresolvable, e.Message,
                rule.Id));
        }
        finally
        {
            resolving.Release();
        }
    }

    /// <summary>Through the operator's proxy: its address is the operator's choice, and may be any but a metadata service's.</summary>
    private async Task<OutsideConnection> DialThroughAsync(
        UpstreamProxy proxy, string name, ushort port, EgressRule rule, EgressPlan plan, SemaphoreSlim resolving,
        CancellationToken cancellationToken)
    {
        EgressRule way = rule with { Internal = true };
        IReadOnlyList<IPAddress> found = proxy.Address is { } address
            ? [address]
            : await ResolveAsync(proxy.Host, rule, plan, resolving, cancellationToken).ConfigureAwait(false);
        OutsideConnection connection = await Dialer.DialAsync(Judged(found, proxy.Host, way), proxy.Host, proxy.Port, way, options,
            cancellationToken).ConfigureAwait(false);
        try
        {
            using var late = new CancellationTokenSource(options.DialTimeout, options.Clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            ReadOnlyMemory<byte> first = await proxy.AskAsync(connection.Socket, name, port, stop.Token).ConfigureAwait(false);
            string shown = string.Create(CultureInfo.InvariantCulture, $"proxy {proxy.Host}:{proxy.Port}");
            return new OutsideConnection(connection.Socket, connection.Address, shown, first);
        }
        catch (Exception e)
        {
            connection.Dispose();
            throw e switch
            {
                IOException or SocketException => new EgressRefusedException(new Refusal(RefusalCodes.Unreachable,
                    $"{name}:{port} does not answer: {e.Message}", rule.Id)),
                OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                    new EgressRefusedException(new Refusal(RefusalCodes.TimedOut,
                        $"the upstream proxy did not connect to {name}:{port} in time", rule.Id)),
                _ => e,
            };
        }
    }

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
            else if (refusal.Code == EgressCodes.Metadata)
                throw new EgressRefusedException(refusal);
            worst ??= refusal;
        }

        return allowed.Count > 0 ? allowed : throw new EgressRefusedException(worst!);
    }
}
