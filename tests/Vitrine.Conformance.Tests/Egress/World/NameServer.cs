using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>A question that reached the name server.</summary>
internal sealed record NameQuestion(string Name, int Type);

/// <summary>
/// The only name server of the outside, over UDP and TCP (RFC 1035, RFC 7766). Its records change while it runs; it keeps every question. A name that has no
/// record takes that of `*` in place of its first labels, and is NXDOMAIN otherwise.
/// </summary>
internal sealed class NameServer : IDisposable
{
    private const int TypeA = 1;
    private const int TypeCname = 5;
    private const int TypeAaaa = 28;

    private readonly ConcurrentDictionary<string, Func<int, NameAnswer>> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<NameQuestion> _questions = [];
    private readonly ConcurrentDictionary<(string Name, int Type), int> _asked = [];
    private readonly Socket _udp;
    private readonly Socket _tcp;

    public NameServer(NetworkHolder outside, IPAddress address)
    {
        _udp = outside.Make(() =>
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(address, 53));
            return udp;
        });
        _tcp = outside.Listen(new IPEndPoint(IPAddress.Any, 53));
        _ = AnswerDatagramsAsync();
        _ = AcceptAsync();
    }

    /// <summary>Sets a name's addresses.</summary>
    public void Set(string name, params string[] addresses) => Set(name, _ => new NameAnswer { Addresses = [.. addresses.Select(IPAddress.Parse)] });

    /// <summary>Sets a name that stands for another.</summary>
    public void SetAlias(string name, string target) => Set(name, _ => new NameAnswer { Alias = target });

    /// <summary>Sets what is answered to the nth question for a name, counted from 0 and from now on, each type by itself.</summary>
    public void Set(string name, Func<int, NameAnswer> answer)
    {
        _records[name] = answer;
        foreach ((string Name, int Type) key in _asked.Keys.Where(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            _asked.TryRemove(key, out _);
    }

    /// <summary>Forgets a name.</summary>
    public void Remove(string name) => _records.TryRemove(name, out _);

    /// <summary>All questions so far whose name is this one or below it.</summary>
    public IReadOnlyList<NameQuestion> QuestionsBelow(string name) =>
        [.. _questions.Where(q => q.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || q.Name.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))];

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }

    private async Task AnswerDatagramsAsync()
    {
        byte[] question = new byte[4096];
        while (true)
        {
            try
            {
                SocketReceiveFromResult got = await _udp.ReceiveFromAsync(question, new IPEndPoint(IPAddress.Any, 0));
                byte[] answer = Answer(question.AsSpan(0, got.ReceivedBytes));
                if (answer.Length > 0)
                    await _udp.SendToAsync(answer, got.RemoteEndPoint);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
            {
                // An asker that has gone away answers with an ICMP message, which the next call reports.
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerStreamAsync(await _tcp.AcceptAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task AnswerStreamAsync(Socket asker)
    {
        await using var stream = new NetworkStream(asker, ownsSocket: true);
        byte[] length = new byte[2];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(length);
                byte[] question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question);
                byte[] answer = Answer(question);
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync(length);
                await stream.WriteAsync(answer);
            }
        }
        catch (IOException)
        {
            // The asker is done.
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> question)
    {
        if (question.Length < 17 || BinaryPrimitives.ReadUInt16BigEndian(question[4..]) != 1)
            return [];
        int at = 12;
        var labels = new List<string>();
        while (at < question.Length && question[at] != 0)
        {
            if (question[at] > 63 || at + 1 + question[at] >= question.Length)
                return [];
            labels.Add(Encoding.Latin1.GetString(question.Slice(at + 1, question[at])));
            at += 1 + question[at];
        }

        if (at + 5 > question.Length)
            return [];
        string name = string.Join('.', labels);
        int type = BinaryPrimitives.ReadUInt16BigEndian(question[(at + 1)..]);
        int asked = _asked.AddOrUpdate((name.ToLowerInvariant(), type), 0, (_, n) => n + 1);
        _questions.Enqueue(new NameQuestion(name, type));
        return Write(question[..(at + 5)], Find(name)?.Invoke(asked), type);
    }

    private Func<int, NameAnswer>? Find(string name)
    {
        if (_records.TryGetValue(name, out Func<int, NameAnswer>? answer))
            return answer;
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (_records.TryGetValue("*" + name[dot..], out answer))
                return answer;
        }

        return null;
    }

    // Header, the question as it came, then records whose name is a pointer to the question's (or to the alias before them).
    private byte[] Write(ReadOnlySpan<byte> question, NameAnswer? answer, int type)
    {
        const int Answered = 0x8580;
        const int NoSuchName = 0x8583;
        var message = new List<byte>();
        message.AddRange(question[..2]);
        Add16(message, answer is null ? NoSuchName : Answered);
        Add16(message, 1);
        int countAt = message.Count;
        Add16(message, 0);
        Add16(message, 0);
        Add16(message, 0);
        message.AddRange(question[12..]);
        int records = 0;
        int owner = 12;
        for (int hops = 0; answer?.Alias is { } alias && hops < 8; hops++)
        {
            byte[] encoded = Encode(alias);
            AddHead(message, owner, TypeCname, answer.TimeToLive, encoded.Length);
            owner = message.Count;
            message.AddRange(encoded);
            records++;
            answer = Find(alias)?.Invoke(0);
        }

        AddressFamily family = type == TypeAaaa ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        foreach (IPAddress address in type is TypeA or TypeAaaa && answer is not null ? answer.Addresses.Where(a => a.AddressFamily == family) : [])
        {
            byte[] bytes = address.GetAddressBytes();
            AddHead(message, owner, type, answer!.TimeToLive, bytes.Length);
            message.AddRange(bytes);
            records++;
        }

        message[countAt + 1] = (byte)records;
        return [.. message];
    }

    private static byte[] Encode(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]), 0];

    private static void AddHead(List<byte> message, int owner, int type, int timeToLive, int length)
    {
        Add16(message, 0xc000 | owner);
        Add16(message, type);
        Add16(message, 1);
        Add16(message, timeToLive >> 16);
        Add16(message, timeToLive & 0xffff);
        Add16(message, length);
    }

    private static void Add16(List<byte> message, int value)
    {
        message.Add((byte)(value >> 8));
        message.Add((byte)value);
    }
}

/// <summary>What a name's question is answered with.</summary>
internal sealed record NameAnswer
{
    /// <summary>Addresses of both families.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The name it stands for; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>Seconds that the answer may be kept.</summary>
    public int TimeToLive { get; init; }
}
