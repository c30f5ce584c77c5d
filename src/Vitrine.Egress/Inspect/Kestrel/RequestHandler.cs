using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Audit.Events;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>One request: read, judged, made anew, answered, told.</summary>
internal sealed class RequestHandler(HttpContext context, InspectedConnection connection, SessionInspector inspector) : IDisposable
{
    private static readonly string[] s_methodHeaders = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
    private static readonly string[] s_pathHeaders = ["X-Original-URL", "X-Rewrite-URL", "X-Original-URI"];

    private readonly EgressSession _session = inspector.Session;
    private RequestTarget? _target;
    private Exchange? _exchange;
    private string _ended = "closed";

    public async Task HandleAsync()
    {
        try
        {
            await ServeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await FailAsync(error).ConfigureAwait(false);
        }
        finally
        {
            if (_exchange is not null)
            {
                inspector.Leave(_exchange);
                await TellAsync(_exchange).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _exchange?.Dispose();

    private async Task ServeAsync()
    {
        string method = context.Request.Method;
        JudgeMethod(method);
        JudgeLength(context.Request);
        bool isWebSocket = HopHeaders.AsksForWebSocket(context.Request);
        string raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        _target = TargetReader.Read(connection, raw, context.Request.Headers.Host.ToString());
        EgressRule rule = Judge(_target, method);
        JudgeOverrides(context.Request.Headers, rule);
        _exchange = new Exchange(_session, _target, method, rule, context.RequestAborted);
        if (_exchange.IsExhausted)
            throw new RequestRefusedException(403, Exchange.Budget(rule));
        if (!inspector.TryEnter(_exchange))
            throw new RequestRefusedException(
                503, new Refusal(InspectCodes.Busy, $"the sandbox has {SessionInspector.MaxRequests} requests in flight"));
        await new Forwarder(context, inspector, _exchange, _target).ForwardAsync(isWebSocket).ConfigureAwait(false);
    }

    private static void JudgeMethod(string method)
    {
        if (method is "TRACE" or "TRACK" or "CONNECT")
            throw new RequestRefusedException(405, new Refusal(EgressCodes.Method, $"the method {method} is never allowed"));
        // Methods are case-sensitive, yet get is GET to some (RFC 9110 section 9.1).
        if (method.Length is 0 or > 32 || method.AsSpan().IndexOfAnyExceptInRange('A', 'Z') >= 0 && !method.All(IsMethodCharacter))
            throw new RequestRefusedException(
                400, new Refusal(InspectCodes.Request, "the method is not of upper-case letters, digits, '-' and '_'"));
    }

    // Kestrel reads the chunks, as RFC 9112 section 6.3 says, and puts the length aside under this name; who sends both means to be read
    // in two ways.
    private static void JudgeLength(HttpRequest request)
    {
        bool hasLength = request.ContentLength is not null || request.Headers.ContainsKey("X-Content-Length");
        if (hasLength && request.Headers.TransferEncoding.Count > 0)
            throw new RequestRefusedException(
                400, new Refusal(InspectCodes.Request, "the request has both a length and a transfer coding"));
        // HTTP/1.0 has no transfer codings: a server of that age would not read the chunks (RFC 9112 section 6.1).
        if (request.Headers.TransferEncoding.Count > 0 && HttpProtocol.IsHttp10(request.Protocol))
            throw new RequestRefusedException(400, new Refusal(InspectCodes.Request, "the request is HTTP/1.0 and has a transfer coding"));
    }

    private static bool IsMethodCharacter(char character) =>
        char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character is '-' or '_';

    // Frameworks take another method or path from these: what was judged would not be what is done.
    private static void JudgeOverrides(IHeaderDictionary headers, EgressRule rule)
    {
        string? name = rule.Methods.Count > 0 ? s_methodHeaders.FirstOrDefault(headers.ContainsKey) : null;
        name ??= rule.Paths.Count > 0 ? s_pathHeaders.FirstOrDefault(headers.ContainsKey) : null;
        if (name is not null)
            throw new RequestRefusedException(400, new Refusal(InspectCodes.Request,
                $"the header {name} names another request than the one that is judged", rule.Id, $"Ask without {name}"));
    }

    private EgressRule Judge(RequestTarget target, string method)
    {
        EgressVerdict verdict = _session.Judge(target.Host, target.Port);
        if (!verdict.Allowed)
            throw new RequestRefusedException(403, Refusal.From(verdict), target.Host, target.Port);
        EgressRule rule = verdict.Rule!;
        if (!EgressSession.IsInspected(rule) || rule.Protocol == EgressProtocol.Http == target.IsTls)
            throw new RequestRefusedException(403, new Refusal(RefusalCodes.NotInspected,
                $"{rule.Id} does not allow {(target.IsTls ? "https" : "http")} requests at {target.Host}:{target.Port}", rule.Id),
                target.Host, target.Port);
        verdict = EgressJudge.JudgeRequest(rule, method, target.Path);
        return verdict.Allowed
            ? rule
            : throw new RequestRefusedException(
                verdict.Code == EgressCodes.PathForm ? 400 : 403, Refusal.From(verdict), target.Host, target.Port);
    }

    private async Task FailAsync(Exception error)
    {
        Outcome outcome = Outcome.Of(error, _exchange, _target);
        _ended = outcome.Ended;
        if (outcome.Refusal is { } refusal)
            await TellAsync(refusal, outcome).ConfigureAwait(false);
        if (context.Response.HasStarted || outcome.Status == 0)
        {
            context.Abort();
            return;
        }

        try
        {
            await AnswerAsync(outcome).ConfigureAwait(false);
        }
        catch (Exception answering) when (answering is IOException or OperationCanceledException or InvalidOperationException)
        {
            context.Abort();
        }
    }

    private async Task TellAsync(Refusal refusal, Outcome outcome)
    {
        string host = outcome.Host ?? _target?.Host ?? connection.Name ?? "";
        int port = outcome.Port ?? _target?.Port ?? connection.Port;
        await _session.Log.RefuseAsync(host, port, refusal).ConfigureAwait(false);
        if (refusal.Code == InspectCodes.Placeholder)
            await _session.Log.AlarmAsync("placeholder", host, port, refusal.Message, refusal.Rule).ConfigureAwait(false);
    }

    private Task AnswerAsync(Outcome outcome)
    {
        HttpResponse response = context.Response;
        response.Clear();
        response.StatusCode = outcome.Status;
        response.ContentType = "text/plain; charset=utf-8";
        // What follows a request that has two readings has, too.
        if (outcome.Status is 400 or 405 && HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Connection = "close";
        string rule = outcome.Refusal?.Rule is { } id ? $" (rule {id})" : "";
        string hint = outcome.Refusal?.Hint is { } add ? $" {add}." : "";
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes($"vitrine: {outcome.Message}{rule}.{hint}\n");
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(bytes, CancellationToken.None).AsTask();
    }

    private async Task TellAsync(Exchange exchange)
    {
        try
        {
            await _session.Log.EndedAsync(new EgressConnection
            {
                Name = _target!.Host,
                Port = _target.Port,
                Address = exchange.Open.Address ?? inspector.Upstream.Dialled(_target.Host, _target.Port),
                Protocol = _target.IsTls ? "https" : "http",
                Rule = exchange.Rule.Id,
                BytesOut = exchange.Open.BytesOut,
                BytesIn = exchange.Open.BytesIn,
                Duration = exchange.Open.Duration,
                Ended = exchange.Reason ?? _ended,
                Method = context.Request.Method,
                Path = _target.Path.Length <= 1024 ? _target.Path : _target.Path[..1024] + "…",
                Status = context.Response.HasStarted ? context.Response.StatusCode : null,
            }).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What cannot be told must not pass.
            context.Abort();
        }
    }
}
