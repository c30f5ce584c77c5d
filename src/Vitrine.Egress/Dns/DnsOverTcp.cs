using System.Buffers.Binary;

namespace Vitrine.Egress.Dns;

/// <summary>Questions over TCP: each message after its length in two bytes (RFC 1035 section 4.2.2), one after the other.</summary>
internal sealed class DnsOverTcp(EgressSession session, DnsStub stub)
{
    /// <summary>Serves one connection until it ends, is silent too long, or says what cannot be read.</summary>
    public async Task RunAsync(InsideStream stream, CancellationToken cancellationToken)
    {
        byte[] length = new byte[2];
        while (true)
        {
            using var silence = new CancellationTokenSource(session.Options.HelloTimeout, session.Clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, stop.Token).ConfigureAwait(false) < 2)
                break;
            int size = BinaryPrimitives.ReadUInt16BigEndian(length);
            if (size > DnsQuestion.LongestMessage)
                break;
            byte[] message = new byte[size];
            await stream.ReadExactlyAsync(message, stop.Token).ConfigureAwait(false);
            byte[] answer = await stub.AnswerAsync(message).ConfigureAwait(false);
            if (answer.Length == 0)
                break;
            byte[] framed = new byte[answer.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
            answer.CopyTo(framed, 2);
            await stream.WriteAsync(framed, stop.Token).ConfigureAwait(false);
        }

        await stream.EndWritingAsync(cancellationToken).ConfigureAwait(false);
    }
}
