using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Vitrine.Egress.Dns;

namespace Vitrine.Egress.Tests.Support;

/// <summary>A name server on loopback, over UDP and TCP, whose answers a test decides.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly Socket _datagrams;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public NameServer()
    {
        (_datagrams, _listener) = Bind();
        EndPoint = (IPEndPoint)_datagrams.LocalEndPoint!;
        _serving = Task.WhenAll(ServeDatagramsAsync(), ServeConnectionsAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Records of a name by type; a name that is not there does not exist.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<string>> Records { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes an answer instead: null for the usual one, empty for none.</summary>
    public Func<DnsQuestion, bool, byte[]?>? Answer { get; set; }

    public ConcurrentQueue<(string Name, DnsType Type)> Asked { get; } = [];

    /// <summary>An answer with records: addresses, or `name` and then addresses for an alias.</summary>
    public static byte[] Write(DnsQuestion question, DnsCode code, IReadOnlyList<string> records, uint timeToLive = 0, bool isTruncated = false)
    {
        using var stream = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        List<byte[]> rows = [];
        string owner = question.Name;
        foreach (string record in records)
        {
            bool isAddress = IPAddress.TryParse(record, out IPAddress? address);
            DnsType type = !isAddress ? DnsType.Cname : address!.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa;
            if (isAddress && type != question.Type)
                continue;
            byte[] data = isAddress ? address!.GetAddressBytes() : Name(record);
            byte[] name = Name(owner);
            byte[] row = new byte[name.Length + 10 + data.Length];
            name.CopyTo(row, 0);
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(name.Length), (ushort)type);
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(name.Length + 2), 1);
            BinaryPrimitives.WriteUInt32BigEndian(row.AsSpan(name.Length + 4), timeToLive);
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(name.Length + 8), (ushort)data.Length);
            data.CopyTo(row, name.Length + 10);
            rows.Add(row);
            if (!isAddress)
                owner = record;
        }

        BinaryPrimitives.WriteUInt16BigEndian(number, question.Id);
        stream.Write(number[..2]);
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(0x8180 | (isTruncated ? 0x0200 : 0) | (int)code));
        stream.Write(number[..2]);
        stream.Write([0, 1, 0, (byte)rows.Count, 0, 0, 0, 0]);
        stream.Write(question.Section.Span);
        foreach (byte[] row in rows)
            stream.Write(row);
        return stream.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _datagrams.Dispose();
        _listener.Dispose();
        try
        {
            await _serving;
        }
        catch (Exception)
        {
            // The sockets are gone from under it.
        }

        _stop.Dispose();
    }

    /// <summary>One port for both: some other program may have one of the two.</summary>
    private static (Socket Datagrams, Socket Listener) Bind()
    {
        for (int times = 0; ; times++)
        {
            var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                listener.Bind(datagrams.LocalEndPoint!);
                listener.Listen(16);
                return (datagrams, listener);
            }
            catch (SocketException) when (times < 50)
            {
                datagrams.Dispose();
                listener.Dispose();
            }
        }
    }

    private static byte[] Name(string name)
    {
        byte[] request = DnsRequest.Write(0, name, DnsType.A);
        return request[DnsReader.HeaderSize..^4];
    }

    private byte[] AnswerTo(byte[] message, bool isStream)
    {
        if (DnsQuestion.Read(message, out DnsQuestion question) != DnsCode.None)
            return [];
        Asked.Enqueue((question.Name, question.Type));
        return Answer?.Invoke(question, isStream)
            ?? (Records.TryGetValue(question.Name, out IReadOnlyList<string>? records)
                ? Write(question, DnsCode.None, records)
                : Write(question, DnsCode.NoSuchName, []));
    }

    private async Task ServeDatagramsAsync()
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            SocketReceiveFromResult got = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
            byte[] answer = AnswerTo(buffer[..got.ReceivedBytes], isStream: false);
            if (answer.Length > 0)
                await _datagrams.SendToAsync(answer, got.RemoteEndPoint);
        }
    }

    private async Task ServeConnectionsAsync()
    {
        while (true)
        {
            using Socket socket = await _listener.AcceptAsync(_stop.Token);
            await using var stream = new NetworkStream(socket);
            byte[] size = new byte[2];
            await stream.ReadExactlyAsync(size, _stop.Token);
            byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
            await stream.ReadExactlyAsync(message, _stop.Token);
            byte[] answer = AnswerTo(message, isStream: true);
            BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)answer.Length);
            await stream.WriteAsync((byte[])[.. size, .. answer], _stop.Token);
        }
    }
}
