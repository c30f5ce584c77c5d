using System.Net.Sockets;
using Vitrine.Audit.Events;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Proxy;

/// <summary>
/// A connection that was asked for by a name and is allowed by a rule, from its first byte to its event. Connections that are looked into
/// go to the session's inspector, the others pass through once their first bytes are those of the rule's protocol.
/// </summary>
internal sealed class Tunnel(EgressSession session, string name, ushort port, EgressRule rule)
{
    /// <summary>Runs it on an accepted connection.</summary>
    /// <param name="inside">The program's bytes.</param>
    /// <param name="dialed">The other side, where it was dialled already; owned from here on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EgressRefusedException">It is refused; told by who catches it.</exception>
    public async Task RunAsync(InsideStream inside, OutsideConnection? dialed, CancellationToken cancellationToken)
    {
        using OutsideConnection? early = dialed;
        using OpenConnection open = session.Track(name, port, rule, cancellationToken);
        if (EgressSession.IsInspected(rule))
            await InspectAsync(inside, open).ConfigureAwait(false);
        else
            await PassAsync(inside, early, open).ConfigureAwait(false);
    }

    private async Task InspectAsync(InsideStream inside, OpenConnection open)
    {
        IInspector inspector = session.Inspector
            ?? throw new EgressRefusedException(new Refusal(RefusalCodes.NotInspected,
                $"{rule.Id} wants requests to {name} judged, and this gateway cannot", rule.Id));
        const int More = MemoryBudget.Terminated - MemoryBudget.PassThrough;
        if (!session.Memory.TryTake(More))
            throw new EgressRefusedException(new Refusal(RefusalCodes.GatewayFull,
                "the gateway serves as many connections as it has memory for", rule.Id));
        try
        {
            var connection = new InspectedConnection
            {
                Stream = inside,
                Name = name,
                Port = port,
                IsTls = rule.Protocol == EgressProtocol.Tls,
                Session = session,
            };
            await inspector.RunAsync(connection, open.Closing).ConfigureAwait(false);
        }
        finally
        {
            session.Memory.Return(More);
        }
    }

    private async Task PassAsync(InsideStream inside, OutsideConnection? early, OpenConnection open)
    {
        string ended = "reset";
        bool isTold = early is not null;
        try
        {
            RuleMeter meter = session.Meter(rule);
            if (meter.IsExhausted)
                throw new EgressRefusedException(SpentBudget());
            ReadOnlyMemory<byte> first = await ProtocolGate.PassAsync(inside, name, rule, session, open.Closing).ConfigureAwait(false);
            using OutsideConnection outside = early ?? await session.DialAsync(name, port, rule, open.Closing).ConfigureAwait(false);
            open.Address = outside.Shown;
            isTold = true;
            ended = await new Relay(inside, outside.Socket, open, meter).RunAsync(first, outside.First).ConfigureAwait(false);
            if (ended == "budget")
                await session.Log.RefuseAsync(name, port, SpentBudget()).ConfigureAwait(false);
        }
        catch (EgressRefusedException e)
        {
            ended = e.Refusal.Code;
            throw;
        }
        finally
        {
            if (early is not null && open.Address is null)
            {
                open.Address = early.Shown;
                early.Socket.LingerState = new LingerOption(true, 0);
            }

            if (isTold || open.Reason is not null)
                await TellAsync(open, open.Reason ?? ended).ConfigureAwait(false);
        }
    }

    private Refusal SpentBudget() =>
        new(RefusalCodes.Budget, $"{rule.Id} allows {rule.Bytes} bytes in all, and they are used up", rule.Id,
            $"Raise `bytes` of {rule.Id}");

    private ValueTask TellAsync(OpenConnection open, string ended) => session.Log.EndedAsync(new EgressConnection
    {
        Name = name,
        Port = port,
        Address = open.Address,
        Protocol = rule.Protocol switch
        {
            EgressProtocol.Tls => "tls",
            EgressProtocol.Ssh => "ssh",
            EgressProtocol.Http => "http",
            _ => "tcp",
        },
        Rule = rule.Id,
        BytesOut = open.BytesOut,
        BytesIn = open.BytesIn,
        Duration = open.Duration,
        Ended = ended,
    });
}
