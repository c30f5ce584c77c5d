using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Audit.Events;
using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>What one server outside read as one request.</summary>
public sealed record Reading(string Method, string Target, string Host, long Body);

/// <summary>A server outside that tells what it reads. Another one needs no more than this to be compared.</summary>
public interface IReadingServer : IAsyncDisposable
{
    ushort Port { get; }

    ConcurrentQueue<Reading> Read { get; }
}

/// <summary>
/// Generated requests, many of them broken or readable in two ways, sent as bytes: whatever a server outside reads is what the gateway
/// judged, in
/// number, order, method, target, host and length of body. Seed and case are in the message.
/// </summary>
public sealed class ReadingTests
{
    private const int Cases = 1500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("raw", 20261)]
    [InlineData("kestrel", 20262)]
    public async Task Requests_Generated_AreReadAsTheyWereJudged(string kind, int seed)
    {
        await using IReadingServer server = kind == "raw" ? new RawServer() : await KestrelServer.StartAsync();
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Http) with { Id = "api" });
        uint address = await world.LookUpAsync("api.test");
        var generator = new RequestGenerator(seed, $"api.test:{server.Port}");
        int passed = 0;
        int judgedBefore = 0;
        for (int index = 0; index < Cases; index++)
        {
            (byte[] bytes, bool isTouched) = generator.Next();
            InsideSocket socket = await world.ConnectAsync(address, server.Port);
            await using NetworkStream stream = socket.Stream;
            try
            {
                await stream.WriteAsync(bytes, Token);
                socket.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                // Refused while it was being sent.
            }

            await InspectBed.ReadAsync(stream);
            await socket.Handled.WaitAsync(TimeSpan.FromSeconds(10), Token);
            EgressConnection[] judged = [.. world.Log.Ended.Skip(judgedBefore)];
            judgedBefore += judged.Length;
            Reading[] read = [.. server.Read];
            server.Read.Clear();
            string what = $"seed {seed}, case {index}: {Encoding.Latin1.GetString(bytes)}\njudged {string.Join<EgressConnection>(" | ", judged)}\nread {string.Join<Reading>(" | ", read)}";
            EgressConnection[] whole = [.. judged.Where(static one => one.Status == 200)];
            Assert.True(whole.Length == read.Length, what);
            for (int request = 0; request < read.Length; request++)
            {
                Assert.True(read[request].Method == whole[request].Method && read[request].Target.Split('?')[0] == whole[request].Path
                    && read[request].Host == $"api.test:{server.Port}" && whole[request].Name == "api.test", what);
                // Each target names the body its request was made with, or -1 where that was left to the reader.
                string meant = read[request].Target[(read[request].Target.LastIndexOf('=') + 1)..];
                Assert.True(isTouched || meant == "-1" || meant == read[request].Body.ToString(CultureInfo.InvariantCulture), what);
                passed++;
            }
        }

        Assert.InRange(passed, Cases / 10, Cases * 3);
    }

    private sealed class KestrelServer(Upstream upstream, ConcurrentQueue<Reading> read) : IReadingServer
    {
        public ushort Port => upstream.PlainPort;

        public ConcurrentQueue<Reading> Read { get; } = read;

        public static async Task<IReadingServer> StartAsync()
        {
            var read = new ConcurrentQueue<Reading>();
            using var authority = new TestAuthority();
            return new KestrelServer(await Upstream.StartAsync(authority.Certificate("api.test"), async context =>
            {
                long length = 0;
                byte[] buffer = new byte[4096];
                for (int got; (got = await context.Request.Body.ReadAsync(buffer)) > 0; length += got)
                {
                }

                read.Enqueue(new Reading(context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget, context.Request.Host.Value ?? "", length));
                await context.Response.WriteAsync("ok");
            }), read);
        }

        public ValueTask DisposeAsync() => upstream.DisposeAsync();
    }
}

/// <summary>
/// A server that reads requests in the narrowest way there is, with code of its own: lines end with CRLF, framing is one length or
/// chunks.
/// </summary>
internal sealed class RawServer : IReadingServer
{
    private readonly OutsideServer _server;

    public RawServer() => _server = new OutsideServer(ServeAsync);

    public ushort Port => _server.Port;

    public ConcurrentQueue<Reading> Read { get; } = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(NetworkStream stream)
    {
        using var reader = new BufferedStream(stream);
        while (await LineAsync(reader) is { Length: > 0 } first)
        {
            string[] parts = first.Split(' ');
            string host = "";
            long length = 0;
            bool isChunked = false;
            while (await LineAsync(reader) is { Length: > 0 } line)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                string value = line[(colon + 1)..].Trim();
                switch (line[..colon].ToUpperInvariant())
                {
                    case "HOST":
                        host = value;
                        break;
                    case "CONTENT-LENGTH":
                        length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                        break;
                    case "TRANSFER-ENCODING":
                        isChunked = value == "chunked" ? true : throw new IOException("a coding that is not chunked");
                        break;
                    case "EXPECT":
                        await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
                        break;
                }
            }

            if (isChunked)
                length = await ChunksAsync(reader);
            else
                await SkipAsync(reader, length);
            Read.Enqueue(new Reading(parts[0], parts[1], host, length));
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
        }
    }

    private static async Task<long> ChunksAsync(Stream reader)
    {
        long total = 0;
        while (true)
        {
            string line = await LineAsync(reader) ?? throw new IOException("the chunks end early");
            long size = long.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            await SkipAsync(reader, size);
            if (await LineAsync(reader) is not { Length: 0 })
                throw new IOException("a chunk does not end with its line");
            if (size == 0)
                return total;
            total += size;
        }
    }

    private static async Task SkipAsync(Stream reader, long length)
    {
        byte[] buffer = new byte[4096];
        while (length > 0)
        {
            int read = await reader.ReadAsync(buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)));
            length -= read > 0 ? read : throw new IOException("the body ends early");
        }
    }

    private static async Task<string?> LineAsync(Stream reader)
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (await reader.ReadAsync(one) == 1)
        {
            line.Append((char)one[0]);
            if (line.Length >= 2 && line[^1] == '\n')
                return line[^2] == '\r' ? line.ToString(0, line.Length - 2) : throw new IOException("a line ends with LF alone");
        }

        return null;
    }
}

/// <summary>Makes bytes of one to three requests, each sound or with one to three things wrong.</summary>
internal sealed class RequestGenerator(int seed, string host)
{
    private readonly Random _random = new(seed);
    private int _id;

    /// <summary>The bytes, and whether something was put in or taken out where no request has a say.</summary>
    public (byte[] Bytes, bool IsTouched) Next()
    {
        var bytes = new StringBuilder();
        for (int left = _random.Next(1, 4); left > 0; left--)
            bytes.Append(One());
        string text = bytes.ToString();
        // Now and then something small anywhere.
        int whim = _random.Next(12);
        if (whim is 0 or 1)
            text = text.Insert(_random.Next(text.Length), Any("\r", "\n", "\0", " ", "\t", "\r\n", ":", "\u00e9", "\u0085"));
        if (whim == 2)
            text = text.Remove(_random.Next(text.Length), 1);
        return (Encoding.Latin1.GetBytes(text), whim <= 2);
    }

    private string One()
    {
        string body = new('b', _random.Next(0, 40));
        bool isChunked = _random.Next(3) == 0;
        bool isOdd = _random.Next(3) == 0;
        string framing = isChunked ? "Transfer-Encoding: chunked\r\n" : body.Length > 0 || _random.Next(2) == 0 ? $"Content-Length: {body.Length}\r\n" : "";
        string wire = isChunked ? Chunks(body) : body;
        string length = body.Length.ToString(CultureInfo.InvariantCulture);
        string extra = Any("", "X-A: b\r\n", "Accept: */*\r\n", "Cookie: a=b\r\nCookie: c=d\r\n", "X-Empty:\r\n", "X-Latin: \u00e9\r\n");
        if (isOdd)
        {
            length = "-1";
            framing = Any(framing, framing.ToUpperInvariant(), framing + framing, framing.Replace(": ", " : ", StringComparison.Ordinal),
                framing.Replace(": ", ":\t", StringComparison.Ordinal), $"Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n",
                $"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n", $"Transfer-Encoding: chunked\r\nContent-Length: {wire.Length}\r\n",
                "Transfer-Encoding: identity\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding:\u000bchunked\r\n", "Transfer-Encoding: chunked\n", $"Content-Length: +{body.Length}\r\n", $"Content-Length: 0{body.Length}\r\n",
                $"Content-Length: {body.Length}, {body.Length}\r\n", $"Content-Length: -1\r\n", $"Content-Length: 0x{body.Length:x}\r\n", "X: a\r\n Content-Length: 3\r\n",
                "Connection: Content-Length, Host\r\n" + framing, "Connection: Upgrade\r\nUpgrade: h2c\r\n" + framing, "Expect: 100-continue\r\n" + framing,
                "Trailer: X-T\r\n" + framing, "TE: trailers\r\n" + framing);
        }

        string target = Any("/", "/a", "/a/b", "//a", "/a//b", "/a;b", "/%41", "/a%2fb", "/{a}", "/a|b", "/a\"b", "/~a", "/a:b@c") + $"?id={_id++}&body={length}";
        if (_random.Next(8) == 0)
            target = Any("http://" + host + target, "http://evil.test" + target, "https://" + host + target, "*", "a" + target, "http://u@" + host + target, "/a\\b" + target,
                "/a b" + target, target + "#f", "/\u00e9" + target, "/a/../b" + target, "/%2e%2e" + target, "HTTP://" + host.ToUpperInvariant() + target);
        string method = _random.Next(10) == 0 ? Any("get", "TRACE", "CONNECT", "PATCH", "X-Y", "G\u00cbT", "GET/", "OPTIONS", "HEAD") : Any("GET", "POST", "PUT", "DELETE");
        string version = _random.Next(12) == 0 ? Any("HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "") : "HTTP/1.1";
        string hosts = _random.Next(10) == 0
            ? Any("", $"Host: {host}\r\nHost: evil.test\r\n", "Host: evil.test\r\n", $"Host: {host.ToUpperInvariant()}\r\n", $"Host : {host}\r\n", $"Host: {host}\r\n evil.test\r\n", "Host:\r\n", $"Host: {host}.\r\n", $"Host: u@{host}\r\n")
            : $"Host: {host}\r\n";
        return $"{method} {target} {version}\r\n{hosts}{extra}{framing}\r\n{wire}";
    }

    private string Chunks(string body)
    {
        int cut = _random.Next(body.Length + 1);
        var chunks = new StringBuilder();
        foreach (string part in (string[])[body[..cut], body[cut..]])
        {
            if (part.Length > 0)
                chunks.Append(CultureInfo.InvariantCulture, $"{(_random.Next(4) == 0 ? "0" : "")}{part.Length:x}{(_random.Next(6) == 0 ? ";x=y" : "")}\r\n{part}\r\n");
        }

        return chunks.Append("0\r\n").Append(_random.Next(6) == 0 ? "X-T: v\r\n" : "").Append("\r\n").ToString();
    }

    private string Any(params string[] choices) => choices[_random.Next(choices.Length)];
}
