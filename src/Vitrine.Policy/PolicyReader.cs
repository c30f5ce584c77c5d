using Vitrine.Policy.Reading;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy;

/// <summary>Reads a policy from YAML or JSON (which is YAML). Text only: nothing is looked up on the host.</summary>
public static class PolicyReader
{
    /// <summary>Reads a text of at most 1 Mi characters. Never throws for what the text contains.</summary>
    /// <param name="text">The policy; an empty text is the tightest one.</param>
    /// <param name="sourceName">What to call the text in messages, usually its file name.</param>
    /// <returns>The policy, or all that is wrong with it.</returns>
    public static PolicyReadResult Read(string text, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sourceName);
        var context = new ReadContext(sourceName);
        YamlNode? root = YamlText.Read(text, context.Problems);
        PolicyDocument? policy = root is null && context.Problems.HasErrors ? null : DocumentReader.Read(context, root);
        if (policy is not null) Validation.SyscallRules.Check(policy, context.Problems);
        return new PolicyReadResult(context.Problems.HasErrors ? null : policy, context.Problems.ToSortedList());
    }
}

/// <summary>What reading gave.</summary>
/// <param name="Policy">The policy; null when there is any error.</param>
/// <param name="Problems">All problems, errors first in the order of the text.</param>
public sealed record PolicyReadResult(PolicyDocument? Policy, IReadOnlyList<PolicyProblem> Problems);
