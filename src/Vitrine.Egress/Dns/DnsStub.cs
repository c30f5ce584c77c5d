using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Dns;

/// <summary>
/// The name server inside. It never asks anyone: an allowed name gets an address that stands for it, any other there is none of. So a
/// question carries nothing out, whatever its name.
/// </summary>
internal sealed class DnsStub(EgressSession session)
{
    private const ushort Internet = 1;
    private const uint Loopback = 0x7F000001;

    /// <summary>Answers one message.</summary>
    /// <returns>The answer; empty where none is owed.</returns>
    public async ValueTask<byte[]> AnswerAsync(ReadOnlyMemory<byte> message)
    {
        if (DnsQuestion.Read(message, out DnsQuestion question) is not { } code)
            return [];
        if (code != DnsCode.None)
            return DnsAnswer.Write(question, code);
        if (question.Class != Internet)
            return DnsAnswer.Write(question, DnsCode.Refused);
        // RFC 6761 section 6.3: never asked of anyone.
        if (question.Name is "localhost")
            return DnsAnswer.Write(question, DnsCode.None, question.Type == DnsType.A ? Loopback : null);
        // Which name an address has is asked by many a program for its log alone; there is none, and nothing to tell of.
        if (question.Name.EndsWith(".arpa", StringComparison.Ordinal))
            return DnsAnswer.Write(question, DnsCode.NoSuchName);

        EgressVerdict verdict = EgressJudge.JudgeName(session.Plan, question.Name);
        if (!verdict.Allowed)
        {
            await session.Log.RefuseAsync(question.Name, 0, Refusal.From(verdict)).ConfigureAwait(false);
            return DnsAnswer.Write(question, DnsCode.NoSuchName);
        }

        (Refusal? refusal, uint address) = await session.AdmitAsync(question.Name, verdict.Rule!).ConfigureAwait(false);
        if (refusal is null)
            return DnsAnswer.Write(question, DnsCode.None, question.Type == DnsType.A ? address : null);
        await session.Log.RefuseAsync(question.Name, 0, refusal).ConfigureAwait(false);
        return DnsAnswer.Write(question, DnsCode.Refused);
    }
}
