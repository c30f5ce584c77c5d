namespace Vitrine.Egress.Proxy;

/// <summary>The SOCKS5 proxy inside (RFC 1928): CONNECT without authentication, by name or by an address that stands for one.</summary>
internal sealed class SocksProxy(EgressSession session)
{
    private readonly byte[] _bytes = new byte[SocksRequest.MaxBytes];
    private int _length;

    /// <summary>Serves one connection until it is over.</summary>
    public async Task RunAsync(InsideStream stream, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(session.Options.HelloTimeout, session.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        if (!await GreetAsync(stream, stop.Token).ConfigureAwait(false))
            return;
        SocksReply? read;
        int length;
        string host;
        ushort port;
        while ((read = SocksRequest.ReadRequest(_bytes.AsSpan(0, _length), out length, out host, out port)) is null)
        {
            if (!await ReadAsync(stream, stop.Token).ConfigureAwait(false))
                return;
        }

        if (read != SocksReply.Succeeded)
        {
            await TellBadAsync("a SOCKS5 request for something else than a connection to a name").ConfigureAwait(false);
            await ReplyAsync(stream, read.Value, isLast: true, stop.Token).ConfigureAwait(false);
            return;
        }

        var rest = new PrefixedStream(stream, _bytes.AsMemory(length, _length - length));
        await ConnectAsync(rest, ProxyTarget.Judge(session, host, port), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> GreetAsync(InsideStream stream, CancellationToken cancellationToken)
    {
        bool? isGreeting;
        int length;
        while ((isGreeting = SocksRequest.ReadGreeting(_bytes.AsSpan(0, _length), out length)) is null)
        {
            if (!await ReadAsync(stream, cancellationToken).ConfigureAwait(false))
                return false;
        }

        if (isGreeting == false)
        {
            await TellBadAsync("a greeting that is not SOCKS5 without authentication").ConfigureAwait(false);
            // RFC 1928: no acceptable method; SOCKS4's way of saying no for who speaks that.
            byte[] no = _bytes[0] == 4 ? [0, 91, 0, 0, 0, 0, 0, 0] : [5, 0xFF];
            await stream.WriteAsync(no, cancellationToken).ConfigureAwait(false);
            await stream.EndWritingAsync(cancellationToken).ConfigureAwait(false);
            return false;
        }

        _bytes.AsSpan(length, _length - length).CopyTo(_bytes);
        _length -= length;
        await stream.WriteAsync(new byte[] { 5, 0 }, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> ReadAsync(InsideStream stream, CancellationToken cancellationToken)
    {
        int read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellationToken).ConfigureAwait(false);
        _length += read;
        return read > 0;
    }

    private async Task ConnectAsync(PrefixedStream stream, ProxyTarget target, CancellationToken cancellationToken)
    {
        bool isEstablished = false;
        try
        {
            if (!target.Verdict.Allowed)
                throw new EgressRefusedException(Refusal.From(target.Verdict));
            OutsideConnection? dialed = EgressSession.IsInspected(target.Verdict.Rule!)
                ? null
                : await session.DialAsync(target.Name, target.Port, target.Verdict.Rule!, cancellationToken).ConfigureAwait(false);
            isEstablished = true;
            try
            {
                await ReplyAsync(stream, SocksReply.Succeeded, isLast: false, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                dialed?.Dispose();
                throw;
            }

            await new Tunnel(session, target.Name, target.Port, target.Verdict.Rule!).RunAsync(stream, dialed, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EgressRefusedException e)
        {
            await session.Log.RefuseAsync(target.Name, target.Port, e.Refusal).ConfigureAwait(false);
            if (!isEstablished)
                await ReplyAsync(stream, Reply(e.Refusal.Code), isLast: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask TellBadAsync(string what) =>
        session.Log.RefuseAsync("(socks proxy)", InsideNetwork.SocksPort, new Refusal(RefusalCodes.BadRequest, what));

    private static SocksReply Reply(string code) => code switch
    {
        RefusalCodes.Unresolvable => SocksReply.HostUnreachable,
        RefusalCodes.Unreachable => SocksReply.ConnectionRefused,
        RefusalCodes.TimedOut => SocksReply.Expired,
        RefusalCodes.GatewayFull => SocksReply.Failed,
        _ => SocksReply.NotAllowed,
    };

    /// <summary>The address bound, as far as a client is told: none.</summary>
    private static async Task ReplyAsync(InsideStream stream, SocksReply reply, bool isLast, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(new byte[] { 5, (byte)reply, 0, 1, 0, 0, 0, 0, 0, 0 }, cancellationToken).ConfigureAwait(false);
        if (isLast)
            await stream.EndWritingAsync(cancellationToken).ConfigureAwait(false);
    }
}
