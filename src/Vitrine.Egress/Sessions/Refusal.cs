using Vitrine.Policy.Egress;

namespace Vitrine.Egress;

/// <summary>Why something is not done.</summary>
/// <param name="Code">One of <see cref="EgressCodes"/> or <see cref="RefusalCodes"/>.</param>
/// <param name="Message">What and why, printable, without a full stop.</param>
/// <param name="Rule">Id of the rule that decided; null for none.</param>
/// <param name="Hint">What to add to allow it; null when nothing would.</param>
internal sealed record Refusal(string Code, string Message, string? Rule = null, string? Hint = null)
{
    /// <summary>What the rules refused.</summary>
    public static Refusal From(EgressVerdict verdict) =>
        new(verdict.Code, verdict.Message, verdict.Rule?.Id, verdict.Hint.Length == 0 ? null : verdict.Hint);
}

/// <summary>Thrown where a connection ends in a refusal.</summary>
internal sealed class EgressRefusedException(Refusal refusal) : Exception(refusal.Message)
{
    /// <summary>Why.</summary>
    public Refusal Refusal { get; } = refusal;
}
