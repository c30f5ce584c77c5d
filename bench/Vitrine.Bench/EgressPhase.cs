using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Audit.Events;
using Vitrine.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Bench;

/// <summary>
/// What the gateway itself costs, without a sandbox and its wire: bytes passed through, connecting, memory of idle connections. Both ends
/// are sockets of this process, so that the same run without the gateway tells what they cost.
/// </summary>
internal static class EgressPhase
{
    private const long Gibibyte = 1L << 30;
    private const int IdleConnections = 1000;

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(int rounds, Report report)
    {
        report.Title("egress gateway alone, over loopback (ms)");
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen(4096);
        var address = (IPEndPoint)server.LocalEndPoint!;
        _ = ServeAsync(server);

        await using var gateway = new EgressGateway();
        EgressPlan plan = Plan((ushort)address.Port);
        EgressSession[] sessions = [.. Enumerable.Range(0, 20).Select(index => gateway.OpenSession(plan, $"bench-{index}", new NoLog()))];
        await ConnectingAsync(sessions[0], address, rounds, report);
        await ThroughputAsync(sessions[0], address, report);
        await IdleAsync(sessions, address, report);
    }

    private static async Task ConnectingAsync(EgressSession session, IPEndPoint address, int rounds, Report report)
    {
        Samples direct = new("connect, direct"), through = new("CONNECT through the gateway");
        for (int round = -20; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            using (var socket = await DialAsync(address))
                start = round < 0 ? Stopwatch.GetTimestamp() : direct.Since(start);
            start = Stopwatch.GetTimestamp();
            using var inside = await OpenAsync(session, address.Port);
            if (round >= 0)
                through.Since(start);
        }

        report.Add("egress.connect.direct", direct);
        report.Add("egress.connect.gateway", through);
    }

    private static async Task ThroughputAsync(EgressSession session, IPEndPoint address, Report report)
    {
        List<double> direct = [], down = [], up = [];
        for (int round = 0; round < 4; round++)
        {
            using (Socket socket = await DialAsync(address))
                direct.Add(await DownloadAsync(socket));
            using (Socket socket = await OpenAsync(session, address.Port))
                down.Add(await DownloadAsync(socket));
            using (Socket socket = await OpenAsync(session, address.Port))
                up.Add(await UploadAsync(socket));
        }

        // The first round warms up.
        report.Add("egress.direct.MiBps", "1 GiB direct, MiB/s (best of 3)", direct.Skip(1).Max());
        report.Add("egress.down.MiBps", "1 GiB down through the gateway, MiB/s (best of 3)", down.Skip(1).Max(), ">= 400");
        report.Add("egress.up.MiBps", "1 GiB up through the gateway, MiB/s (best of 3)", up.Skip(1).Max(), ">= 400");
    }

    private static async Task IdleAsync(EgressSession[] sessions, IPEndPoint address, Report report)
    {
        List<Socket> open = [];
        // What the test's own ends take is counted on connections of the same kind without the gateway.
        long start = Held();
        for (int index = 0; index < IdleConnections; index++)
            open.AddRange([.. await PairAsync(), await DialAsync(address)]);
        long bare = Held() - start;
        start = Held();
        List<Socket> inside = [];
        for (int index = 0; index < IdleConnections; index++)
            inside.Add(await OpenAsync(sessions[index % sessions.Length], address.Port));
        long held = Held() - start;
        report.Add("egress.idle.kiB", "an idle pass-through connection, KiB of managed memory", (held - bare) / 1024.0 / IdleConnections,
            "<= 64");
        int counted = sessions.Sum(static one => one.Connections);
        report.Note($"  {counted} connections through {sessions.Length} sessions: {held / 1024 / 1024} MiB held with both ends");
        foreach (Socket socket in open.Concat(inside))
            socket.Dispose();
    }

    private static long Held()
    {
        for (int times = 0; times < 3; times++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>One byte says what is wanted: 'd' a gibibyte, 'u' to send one and be told when it is there, anything else
    /// nothing.</summary>
    private static async Task ServeAsync(Socket server)
    {
        while (true)
            _ = ServeOneAsync(await server.AcceptAsync());
    }

    private static async Task ServeOneAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                byte[] wish = new byte[1];
                if (await socket.ReceiveAsync(wish) == 0)
                    return;
                byte[] buffer = new byte[256 * 1024];
                if (wish[0] == 'd')
                {
                    for (long sent = 0; sent < Gibibyte; sent += buffer.Length)
                        await socket.SendAsync(buffer);
                    return;
                }

                while (await socket.ReceiveAsync(buffer) > 0)
                {
                }

                await socket.SendAsync(wish);
            }
        }
        catch (SocketException)
        {
            // The phase is over.
        }
    }

    private static async Task<double> DownloadAsync(Socket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        long start = Stopwatch.GetTimestamp();
        await socket.SendAsync("d"u8.ToArray());
        long got = 0;
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
            got += read;
        return got == Gibibyte
            ? 1024 / Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new IOException($"{got} bytes came instead of {Gibibyte}");
    }

    private static async Task<double> UploadAsync(Socket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        long start = Stopwatch.GetTimestamp();
        await socket.SendAsync("u"u8.ToArray());
        for (long sent = 0; sent < Gibibyte; sent += buffer.Length)
            await socket.SendAsync(buffer);
        socket.Shutdown(SocketShutdown.Send);
        return await socket.ReceiveAsync(buffer) == 1
            ? 1024 / Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new IOException("the upload was not confirmed");
    }

    private static async Task<Socket> DialAsync(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address);
        return socket;
    }

    private static async Task<Socket> OpenAsync(EgressSession session, int port)
    {
        Socket[] pair = await PairAsync();
        _ = session.HandleAsync(new SocketInside(pair[1]));
        await pair[0].SendAsync(Encoding.ASCII.GetBytes($"CONNECT localhost:{port} HTTP/1.1\r\n\r\n"));
        byte[] answer = new byte[256];
        int length = await pair[0].ReceiveAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
            ? pair[0]
            : throw new IOException(Encoding.ASCII.GetString(answer, 0, length));
    }

    private static async Task<Socket[]> PairAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket near = await DialAsync((IPEndPoint)listener.LocalEndPoint!);
        return [near, await listener.AcceptAsync()];
    }

    private static EgressPlan Plan(ushort port) => new()
    {
        Allow =
        [
            new EgressRule
            {
                Id = "bench",
                Host = "localhost",
                Ports = [new PortRange(port, port)],
                Protocol = EgressProtocol.Tcp,
                Internal = true,
            },
        ],
        Connections = 192,
    };

    private sealed class NoLog : IEgressLog
    {
        public ValueTask EndedAsync(EgressConnection connection) => ValueTask.CompletedTask;

        public ValueTask RefusedAsync(EgressRefused refusal) => ValueTask.CompletedTask;

        public ValueTask AlarmAsync(EgressAlarm alarm) => ValueTask.CompletedTask;
    }

    private sealed class SocketInside(Socket socket) : IInsideConnection
    {
        public uint Address => InsideNetwork.Gateway;

        public ushort Port => InsideNetwork.HttpProxyPort;

        public ValueTask<InsideStream> AcceptAsync(CancellationToken cancellationToken) => new(new SocketStream(socket));

        public void Refuse(string why) => socket.Dispose();

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class SocketStream(Socket socket) : InsideStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!buffer.IsEmpty)
                buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken)..];
        }

        public override ValueTask EndWritingAsync(CancellationToken cancellationToken)
        {
            socket.Shutdown(SocketShutdown.Send);
            return ValueTask.CompletedTask;
        }
    }
}
