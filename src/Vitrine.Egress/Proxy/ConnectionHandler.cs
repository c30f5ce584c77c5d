using Vitrine.Egress.Dns;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Proxy;

/// <summary>Turns where a program connected to into who serves it.</summary>
internal sealed class ConnectionHandler(EgressSession session)
{
    private readonly DnsStub _stub = new(session);

    /// <summary>Serves one connection until it is over.</summary>
    public Task ServeAsync(IInsideConnection connection, CancellationToken cancellationToken) =>
        (connection.Address, connection.Port) switch
        {
            (InsideNetwork.Gateway, InsideNetwork.DnsPort) =>
                ServeAsync(connection, new DnsOverTcp(session, _stub).RunAsync, cancellationToken),
            (InsideNetwork.Gateway, InsideNetwork.HttpProxyPort) =>
                ServeAsync(connection, new HttpProxy(session).RunAsync, cancellationToken),
            (InsideNetwork.Gateway, InsideNetwork.SocksPort) => ServeAsync(connection, new SocksProxy(session).RunAsync, cancellationToken),
            _ => ConnectAsync(connection, cancellationToken),
        };

    /// <summary>Answers a question for a name.</summary>
    public async Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> query)
    {
        try
        {
            return session.Ending.IsCancellationRequested ? [] : await _stub.AnswerAsync(query).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The log is what can fail here, and what cannot be told is not done.
            return [];
        }
    }

    private static async Task ServeAsync(
        IInsideConnection connection, Func<InsideStream, CancellationToken, Task> serve, CancellationToken cancellationToken)
    {
        InsideStream stream = await connection.AcceptAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            await serve(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A program that knows of no proxy: the address stands for the name it asked for.</summary>
    private async Task ConnectAsync(IInsideConnection connection, CancellationToken cancellationToken)
    {
        string host = session.Names.Find(connection.Address) ?? AddressText.Of(connection.Address);
        EgressVerdict verdict = session.Judge(host, connection.Port);
        if (!verdict.Allowed)
        {
            connection.Refuse(verdict.Message);
            await session.Log.RefuseAsync(host, connection.Port, Refusal.From(verdict)).ConfigureAwait(false);
            return;
        }

        InsideStream stream = await connection.AcceptAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await new Tunnel(session, host, connection.Port, verdict.Rule!).RunAsync(stream, null, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (EgressRefusedException e)
            {
                await session.Log.RefuseAsync(host, connection.Port, e.Refusal).ConfigureAwait(false);
            }
        }
    }
}
