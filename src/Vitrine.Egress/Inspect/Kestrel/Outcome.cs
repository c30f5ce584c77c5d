using System.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Vitrine.Egress.Secrets;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>
/// What a failed request is answered with, and told as. Texts of foreign exceptions are not passed on: they may quote what a server sent.
/// </summary>
/// <param name="Status">HTTP status; 0 when the client is gone.</param>
/// <param name="Message">For the client, without a full stop.</param>
/// <param name="Refusal">What is told; null for nothing.</param>
/// <param name="Ended">How the request ended, for its event.</param>
/// <param name="Host">The host asked for, where that is not the target's.</param>
/// <param name="Port">Its port.</param>
internal sealed record Outcome(int Status, string Message, Refusal? Refusal, string Ended, string? Host = null, int? Port = null)
{
    /// <summary>Reads an exception.</summary>
    public static Outcome Of(Exception error, Exchange? exchange, RequestTarget? target)
    {
        string to = target is null ? "the host" : $"{target.Host}:{target.Port}";
        string? rule = exchange?.Rule.Id;
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case RequestRefusedException refused:
                    return new Outcome(refused.Status, refused.Refusal.Message, refused.Refusal, refused.Refusal.Code, refused.Host,
                        refused.Host is null ? null : refused.Port);
                case SecretMisplacedException misplaced:
                    return Refused(403, new Refusal(InspectCodes.Placeholder, misplaced.Message, rule,
                        $"Send {misplaced.Secret} to its hosts only, by https and in the place its policy names"));
                case EgressRefusedException dial:
                    return Refused(StatusOf(dial.Refusal.Code), dial.Refusal);
                case AuthenticationException:
                    return Refused(502, new Refusal(InspectCodes.Certificate,
                        $"the certificate of {to} is not valid: not trusted, out of date, or for another name", rule,
                        "Add its authority to egress.authorities, if it is one of yours"));
                case BadHttpRequestException bad:
                    return Refused(bad.StatusCode, new Refusal(InspectCodes.Request, "the request's body cannot be read", rule));
            }
        }

        if (exchange?.Reason is { } reason)
            return reason switch
            {
                "revoked" => new Outcome(403, $"{to} is no longer allowed", null, reason),
                "idle" or "stalled" => new Outcome(504, $"{to} did not go on in time", null, reason),
                _ => new Outcome(0, reason, null, reason),
            };
        return error is HttpRequestException or HttpIOException
            ? Refused(502, new Refusal(InspectCodes.Upstream, $"{to} ended the connection, or what it sent is no HTTP", rule))
            : new Outcome(error is OperationCanceledException or IOException ? 0 : 502, $"the request to {to} failed", null, "reset");
    }

    private static Outcome Refused(int status, Refusal refusal) => new(status, refusal.Message, refusal, refusal.Code);

    private static int StatusOf(string code) => code switch
    {
        RefusalCodes.TimedOut => 504,
        RefusalCodes.Unresolvable or RefusalCodes.Unreachable => 502,
        _ => 403,
    };
}
