using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Testing;

/// <summary>Whether a host, or a request to it, may pass: `name`, `name:port`, each with an optional ` METHOD /path`.</summary>
internal static class HostAnswers
{
    private const int DefaultPort = 443;

    public static TestAnswer Ask(EgressPlanResult egress, string subject)
    {
        string[] words = subject.Split(' ');
        if (words.Length is not (1 or 3) || words.Any(word => word.Length == 0))
            return TestAnswer.Unanswerable("write NAME, NAME:PORT, or NAME:PORT METHOD /path");
        if (egress.Plan is not { } plan)
            return TestAnswer.Unanswerable($"the rules give no plan: {egress.Problems[0].Code}: {egress.Problems[0].Message}");
        int colon = words[0].Count(character => character == ':') == 1 ? words[0].IndexOf(':', StringComparison.Ordinal) : -1;
        PortRange port = new(DefaultPort, DefaultPort);
        if (colon >= 0 && (PortText.Read(words[0][(colon + 1)..], out port) is not null || port.First != port.Last))
            return TestAnswer.Unanswerable("the port is no number from 1 to 65535");

        EgressVerdict verdict = EgressJudge.Judge(plan, colon < 0 ? words[0] : words[0][..colon], port.First);
        if (verdict.Code == EgressCodes.NameForm) return TestAnswer.Unanswerable(verdict.Message);
        if (!verdict.Allowed || words.Length == 1) return new TestAnswer(verdict.Allowed, verdict.Message);
        if (!verdict.Rule!.Inspect) return new TestAnswer(true, $"{verdict.Message}, without looking at requests");
        EgressVerdict request = EgressJudge.JudgeRequest(verdict.Rule, words[1], words[2]);
        return new TestAnswer(request.Allowed, request.Message);
    }
}
