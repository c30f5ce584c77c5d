using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Inspect;

/// <summary>
/// One request that was allowed, and what it moves: counted, budgeted, paced, and ended when the rules no longer allow it.
/// </summary>
internal sealed class Exchange : IDisposable
{
    private readonly EgressSession _session;
    private readonly RequestTarget _target;
    private readonly string _method;
    private readonly OpenConnection _open;
    private readonly RuleMeter _meter;

    public Exchange(EgressSession session, RequestTarget target, string method, EgressRule rule, CancellationToken cancellationToken)
    {
        _session = session;
        _target = target;
        _method = method;
        Rule = rule;
        _meter = session.Meter(rule);
        _open = session.Track(target.Host, target.Port, rule, cancellationToken);
        _open.IsWatched = true;
    }

    /// <summary>The rule that allowed it.</summary>
    public EgressRule Rule { get; }

    /// <summary>Cancelled when it must end.</summary>
    public CancellationToken Closing => _open.Closing;

    /// <summary>Why it must end; null while it need not.</summary>
    public string? Reason => _open.Reason;

    /// <summary>The books' entry.</summary>
    public OpenConnection Open => _open;

    /// <summary>Whether the rule's budget is used up.</summary>
    public bool IsExhausted => _meter.IsExhausted;

    /// <summary>Bytes worth reading at once.</summary>
    public int Step => _meter.Step;

    /// <summary>Counts bytes that are to leave the sandbox, and waits until the rule's rate lets them.</summary>
    /// <exception cref="EgressRefusedException">The rule's budget is used up: none of them may leave.</exception>
    public async ValueTask SpendOutAsync(int bytes)
    {
        await SpendAsync(bytes).ConfigureAwait(false);
        _open.CountOut(bytes);
    }

    /// <summary>Counts bytes that are to reach the sandbox, and waits until the rule's rate lets them.</summary>
    /// <exception cref="EgressRefusedException">The rule's budget is used up.</exception>
    public async ValueTask SpendInAsync(int bytes)
    {
        await SpendAsync(bytes).ConfigureAwait(false);
        _open.CountIn(bytes);
    }

    /// <summary>Ends it when the rules as they are now do not allow it.</summary>
    public void CloseIfRevoked()
    {
        EgressVerdict verdict = _session.Judge(_target.Host, _target.Port);
        if (!verdict.Allowed || !EgressJudge.JudgeRequest(verdict.Rule!, _method, _target.Path).Allowed)
            _open.Close("revoked");
    }

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();

    private ValueTask SpendAsync(int bytes)
    {
        if (_meter.Take(bytes) < bytes)
        {
            _open.Close("budget");
            throw new EgressRefusedException(Budget(Rule));
        }

        return _meter.PaceAsync(bytes, Closing);
    }

    /// <summary>What is said when a rule's budget is used up.</summary>
    public static Refusal Budget(EgressRule rule) => new(RefusalCodes.Budget, $"the {rule.Bytes} bytes of {rule.Id} are used up", rule.Id,
        $"Raise the byte budget of {rule.Id}");
}
