using Vitrine.Policy.Model;

namespace Vitrine.Policy;

/// <summary>How one of a policy's own tests went.</summary>
/// <param name="Case">The statement.</param>
/// <param name="ExpectsAccept">Whether it stands under `accept`.</param>
/// <param name="Passed">Whether the policy does what is expected.</param>
/// <param name="Detail">What was found.</param>
public sealed record PolicyTestOutcome(PolicyTestCase Case, bool ExpectsAccept, bool Passed, string Detail)
{
    /// <summary>`passed deny write: /usr (…)`.</summary>
    public override string ToString() =>
        $"{(Passed ? "passed" : "FAILED")} {(ExpectsAccept ? "accept" : "deny")} {Case.Kind} {Case.Subject} ({Detail})";
}
