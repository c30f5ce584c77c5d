using System.Text;
using Vitrine.Egress.Dns;
using Vitrine.Egress.Proxy;
using Vitrine.Egress.Tests.Support;
using Vitrine.Egress.Tls;

namespace Vitrine.Egress.Tests.Fuzz;

/// <summary>
/// Spoiled inputs for every parser of bytes from inside and from name servers: none throws, none reads differently when the bytes come in
/// other pieces, and what is accepted means the same to a second, simpler reader.
/// </summary>
public sealed class ParserFuzzTests
{
    private const int Parsers = 5;

    public static TheoryData<int> Seeds => FuzzSeeds.Data;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ClientHello_Spoiled_IsReadTheSameInAnyPieces(int seed)
    {
        var random = new Random(seed);
        int accepted = 0;
        for (int index = 0; index < FuzzSeeds.Times(Parsers); index++)
        {
            byte[] message = Hello.Message(FuzzSeeds.Mutate(random, Hello.Extensions(random.Next(4) == 0 ? null : "api.test", random.Next(8) == 0, random.Next(300))));
            byte[] bytes = random.Next(2) == 0 ? Hello.Records(message, random.Next(1, 400)) : FuzzSeeds.Mutate(random, Hello.Records(message, random.Next(20, 400)));
            using var whole = new ClientHelloReader();
            whole.Feed(bytes);
            using var pieces = new ClientHelloReader();
            for (int at = 0; at < bytes.Length;)
            {
                int count = Math.Min(bytes.Length - at, random.Next(1, 64));
                pieces.Feed(bytes.AsSpan(at, count));
                at += count;
            }

            Assert.True(whole.Error == pieces.Error && whole.Hello?.ServerName == pieces.Hello?.ServerName, $"seed {seed}, input {index}");
            Assert.True(whole.Hello is null || whole.Error is null, $"seed {seed}, input {index}");
            if (whole.Hello is not { ServerName: { } name })
                continue;
            accepted++;
            Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) >= 0 || bytes.Length > message.Length + 5, $"seed {seed}, input {index}: {name}");
        }

        Assert.True(accepted > FuzzSeeds.Times(Parsers) / 20, $"{accepted} accepted");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ConnectHead_Spoiled_AcceptsOnlyWhatHasOneReading(int seed)
    {
        var random = new Random(seed);
        byte[][] heads =
        [
            "CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\nUser-Agent: curl/8\r\n\r\n"u8.ToArray(),
            "CONNECT api.test:443 HTTP/1.0\r\n\r\n"u8.ToArray(),
            "CONNECT api.test:443 HTTP/1.1\r\nHost: api.test\r\nProxy-Authorization: Basic eA==\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
        ];
        int accepted = 0;
        for (int index = 0; index < FuzzSeeds.Times(Parsers); index++)
        {
            byte[] bytes = FuzzSeeds.Mutate(random, heads[random.Next(heads.Length)]);
            string? error = ConnectHead.Read(bytes, out ConnectHead? head);
            Assert.True(error is null == head is not null, $"seed {seed}, input {index}");
            if (head is null)
                continue;
            accepted++;
            // The second reader: the text up to the first line's end, split at blanks, is method, target and version, and no line of it could
            // be taken for another.
            string text = Encoding.Latin1.GetString(bytes);
            string[] words = text[..text.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ');
            Assert.True(words.Length == 3 && words[1] == $"{head.Host}:{head.Port}", $"seed {seed}, input {index}: {text}");
            Assert.True(text.EndsWith("\r\n\r\n", StringComparison.Ordinal) && text.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']) < 0, $"seed {seed}, input {index}");
            Assert.True(head.Host.IndexOfAny(['@', '/', ' ', '?', '#', ':']) < 0 && head.Port > 0, $"seed {seed}, input {index}: {head}");
        }

        Assert.True(accepted > FuzzSeeds.Times(Parsers) / 20, $"{accepted} accepted");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void DnsQuestion_Spoiled_IsAnsweredOrNot(int seed)
    {
        var random = new Random(seed);
        int accepted = 0;
        for (int index = 0; index < FuzzSeeds.Times(Parsers); index++)
        {
            byte[] bytes = FuzzSeeds.Mutate(random, DnsRequest.Write(7, index % 2 == 0 ? "api.test" : "a.very-long.name.below.example.test", DnsType.A));
            DnsCode? code = DnsQuestion.Read(bytes, out DnsQuestion question);
            if (code is not { } known)
                continue;
            byte[] answer = DnsAnswer.Write(question, known, known == DnsCode.None ? 0xC6120101 : null);
            Assert.True(answer[0] == bytes[0] && answer[1] == bytes[1] && (answer[2] & 0x80) != 0 && answer.Length <= bytes.Length + 16, $"seed {seed}, input {index}");
            if (known != DnsCode.None)
                continue;
            accepted++;
            // Read again out of the answer, as a client would: the same question.
            var reader = new DnsReader(answer);
            Assert.True(reader.TryReadBytes(DnsReader.HeaderSize, out _) && reader.TryReadName(false, out string name) && name == question.Name, $"seed {seed}, input {index}");
        }

        Assert.True(accepted > FuzzSeeds.Times(Parsers) / 20, $"{accepted} accepted");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void DnsReply_Spoiled_GivesOnlyAddressesThatAreInIt(int seed)
    {
        var random = new Random(seed);
        DnsQuestion.Read(DnsRequest.Write(7, "api.test", DnsType.A), out DnsQuestion question);
        byte[][] replies =
        [
            NameServer.Write(question, DnsCode.None, ["192.0.2.1", "192.0.2.2"]),
            NameServer.Write(question, DnsCode.None, ["alias.test", "other.test", "192.0.2.3"], timeToLive: 9),
            [.. NameServer.Write(question, DnsCode.None, [])[..7], 1, .. new byte[4], .. question.Section.Span, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 4],
        ];
        int accepted = 0;
        for (int index = 0; index < FuzzSeeds.Times(Parsers); index++)
        {
            byte[] bytes = FuzzSeeds.Mutate(random, replies[random.Next(replies.Length)]);
            if (DnsReply.Read(bytes, 7, "api.test", DnsType.A) is not { } reply)
                continue;
            accepted++;
            Assert.InRange(reply.TimeToLive, 0, DnsReply.MaxTimeToLive);
            Assert.All(reply.Addresses, address => Assert.True(bytes.AsSpan().IndexOf(address.GetAddressBytes()) >= 0, $"seed {seed}, input {index}"));
        }

        Assert.True(accepted > FuzzSeeds.Times(Parsers) / 20, $"{accepted} accepted");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Socks_Spoiled_IsReadTheSameInAnyPieces(int seed)
    {
        var random = new Random(seed);
        byte[][] requests =
        [
            [5, 1, 0, 3, 8, .. "api.test"u8, 1, 187],
            [5, 1, 0, 1, 198, 18, 1, 1, 1, 187],
        ];
        int accepted = 0;
        for (int index = 0; index < FuzzSeeds.Times(Parsers); index++)
        {
            byte[] greeting = FuzzSeeds.Mutate(random, [5, 2, 0, 2]);
            bool? isGreeting = SocksRequest.ReadGreeting(greeting, out int length);
            Assert.True(isGreeting is null || length <= greeting.Length, $"seed {seed}, input {index}");

            byte[] bytes = FuzzSeeds.Mutate(random, requests[random.Next(requests.Length)]);
            SocksReply? whole = SocksRequest.ReadRequest(bytes, out length, out string host, out ushort port);
            SocksReply? first = null;
            string firstHost = "";
            for (int count = 0; count <= bytes.Length && first is null; count++)
                first = SocksRequest.ReadRequest(bytes.AsSpan(0, count), out _, out firstHost, out _);
            Assert.True(whole == first && host == firstHost && length is >= 0 and <= SocksRequest.MaxBytes, $"seed {seed}, input {index}");
            accepted += whole == SocksReply.Succeeded && port == 443 ? 1 : 0;
        }

        Assert.True(accepted > FuzzSeeds.Times(Parsers) / 20, $"{accepted} accepted");
    }
}
