using System.Globalization;
using System.Text;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Proxy;

/// <summary>
/// The HTTP proxy inside. CONNECT is answered here; requests that name their host themselves go to the session's inspector, each judged by
/// its own host.
/// </summary>
internal sealed class HttpProxy(EgressSession session)
{
    /// <summary>How long an answered client may take to go.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private static readonly byte[] s_established = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    /// <summary>Serves one connection until it is over.</summary>
    public async Task RunAsync(InsideStream stream, CancellationToken cancellationToken)
    {
        var reader = new HeadReader();
        if (!await TryReadAsync(reader, stream, cancellationToken).ConfigureAwait(false))
            return;
        if (reader.Head is not { } head)
        {
            if (reader.IsEmpty)
                return;
            await (reader.IsCut
                ? RejectAsync(stream, "the request has no end, or is longer than 16 KiB", cancellationToken)
                : ForwardAsync(new PrefixedStream(stream, reader.Rest), cancellationToken)).ConfigureAwait(false);
            return;
        }

        if (ConnectHead.Read(head.Span, out ConnectHead? asked) is { } error)
        {
            await RejectAsync(stream, $"the request {error}", cancellationToken).ConfigureAwait(false);
            return;
        }

        await ConnectAsync(new PrefixedStream(stream, reader.Rest), asked!, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> TryReadAsync(HeadReader reader, InsideStream stream, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(session.Options.HelloTimeout, session.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await reader.ReadAsync(stream, stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task ConnectAsync(PrefixedStream stream, ConnectHead asked, CancellationToken cancellationToken)
    {
        var target = ProxyTarget.Judge(session, asked.Host, asked.Port);
        if (!target.Verdict.Allowed)
        {
            await RefuseAsync(stream, target, Refusal.From(target.Verdict), cancellationToken).ConfigureAwait(false);
            return;
        }

        bool isEstablished = false;
        try
        {
            // Dialled before the answer, so that the answer can say what went wrong; the first bytes are looked at before any goes on.
            OutsideConnection? dialed = EgressSession.IsInspected(target.Verdict.Rule!)
                ? null
                : await session.DialAsync(target.Name, target.Port, target.Verdict.Rule!, cancellationToken).ConfigureAwait(false);
            isEstablished = true;
            try
            {
                await stream.WriteAsync(s_established, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                dialed?.Dispose();
                throw;
            }

            await new Tunnel(session, target.Name, target.Port, target.Verdict.Rule!).RunAsync(stream, dialed, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EgressRefusedException e) when (!isEstablished)
        {
            await RefuseAsync(stream, target, e.Refusal, cancellationToken).ConfigureAwait(false);
        }
        catch (EgressRefusedException e)
        {
            await session.Log.RefuseAsync(target.Name, target.Port, e.Refusal).ConfigureAwait(false);
        }
    }

    private async Task ForwardAsync(PrefixedStream stream, CancellationToken cancellationToken)
    {
        if (session.Inspector is not { } inspector)
        {
            var refusal = new Refusal(EgressCodes.NotAllowed, "no rule allows plain HTTP", null, "Allow the host with `protocol: http`");
            await session.Log.RefuseAsync("(http proxy)", InsideNetwork.HttpProxyPort, refusal).ConfigureAwait(false);
            await AnswerAsync(stream, 403, refusal, cancellationToken).ConfigureAwait(false);
            return;
        }

        const int More = MemoryBudget.Terminated - MemoryBudget.PassThrough;
        if (!session.Memory.TryTake(More))
        {
            var refusal = new Refusal(RefusalCodes.GatewayFull, "the gateway serves as many connections as it has memory for");
            await session.Log.RefuseAsync("(http proxy)", InsideNetwork.HttpProxyPort, refusal).ConfigureAwait(false);
            await AnswerAsync(stream, 503, refusal, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            var connection = new InspectedConnection
            {
                Stream = stream,
                Port = InsideNetwork.HttpProxyPort,
                IsTls = false,
                Session = session,
            };
            await inspector.RunAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            session.Memory.Return(More);
        }
    }

    private async Task RejectAsync(InsideStream stream, string message, CancellationToken cancellationToken)
    {
        var refusal = new Refusal(RefusalCodes.BadRequest, message);
        await session.Log.RefuseAsync("(http proxy)", InsideNetwork.HttpProxyPort, refusal).ConfigureAwait(false);
        await AnswerAsync(stream, 400, refusal, cancellationToken).ConfigureAwait(false);
    }

    private async Task RefuseAsync(InsideStream stream, ProxyTarget target, Refusal refusal, CancellationToken cancellationToken)
    {
        await session.Log.RefuseAsync(target.Name, target.Port, refusal).ConfigureAwait(false);
        await AnswerAsync(stream, Status(refusal.Code), refusal, cancellationToken).ConfigureAwait(false);
    }

    private static int Status(string code) => code switch
    {
        EgressCodes.NameForm => 400,
        RefusalCodes.Unresolvable or RefusalCodes.Unreachable => 502,
        RefusalCodes.TimedOut => 504,
        RefusalCodes.GatewayFull => 503,
        _ => 403,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Reason(int status) => status switch
    {
        400 => "Bad Request",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Forbidden",
    };

    private async Task AnswerAsync(InsideStream stream, int status, Refusal refusal, CancellationToken cancellationToken)
    {
        string rule = refusal.Rule is null ? "" : $" (rule {refusal.Rule})";
        string body = $"vitrine: {refusal.Message}{rule}.{(refusal.Hint is null ? "" : $" {refusal.Hint}.")}\n";
        byte[] content = Encoding.UTF8.GetBytes(body);
        string head = string.Join("\r\n", $"HTTP/1.1 {Number(status)} {Reason(status)}", "Content-Type: text/plain; charset=utf-8",
            $"Content-Length: {Number(content.Length)}", "Connection: close", "", "");
        using var late = new CancellationTokenSource(Farewell, session.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        byte[] answer = [.. Encoding.ASCII.GetBytes(head), .. content];
        await stream.WriteAsync(answer, stop.Token).ConfigureAwait(false);
        await stream.EndWritingAsync(stop.Token).ConfigureAwait(false);
        // Closing with bytes unread would reset the connection, and the client would lose the answer.
        byte[] drain = new byte[1024];
        while (await stream.ReadAsync(drain, stop.Token).ConfigureAwait(false) > 0)
        {
        }
    }
}
