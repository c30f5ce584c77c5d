namespace Vitrine.Policy.Testing;

/// <summary>What the policy does about one statement.</summary>
/// <param name="Accepted">Whether it is allowed; null when the question has no answer, which fails either expectation.</param>
/// <param name="Detail">Why.</param>
internal readonly record struct TestAnswer(bool? Accepted, string Detail)
{
    public static TestAnswer Unanswerable(string detail) => new(null, detail);
}
