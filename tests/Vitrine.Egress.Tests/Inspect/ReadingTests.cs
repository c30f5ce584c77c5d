using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
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
    /// <summary>Cases for each server: a thousand, and in the long form what makes 100,000 requests of all five.</summary>
    private static readonly int s_cases = Environment.GetEnvironmentVariable("VITRINE_FULL") == "1" ? 10_000 : 1_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("raw", 20261)]
    [InlineData("kestrel", 20262)]
    [InlineData("nginx", 20263)]
    [InlineData("apache", 20264)]
    [InlineData("node", 20265)]
    public async Task Requests_Generated_AreReadAsTheyWereJudged(string kind, int seed)
    {
        await using IReadingServer server = kind switch
        {
            "raw" => new RawServer(),
            "kestrel" => await KestrelServer.StartAsync(),
            _ => await ProgramServer.StartAsync(kind),
        };
        await using World world = World.Open(World.Rule(server.Port, EgressProtocol.Http) with { Id = "api" });
        uint address = await world.LookUpAsync("api.test");
        var generator = new RequestGenerator(seed, $"api.test:{server.Port}");
        var cases = new List<Case>();
        int told = 0;
        for (int index = 0; index < s_cases; index++)
        {
            int firstId = generator.NextId;
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
            cases.Add(new Case(firstId, Encoding.Latin1.GetString(bytes), isTouched, [.. world.Log.Ended.Skip(told)]));
            told = world.Log.Ended.Count;
        }

        Dictionary<int, Reading[]> readings = await ReadingsAsync(server, cases);
        int passed = 0;
        for (int index = 0; index < cases.Count; index++)
        {
            Reading[] read = readings.GetValueOrDefault(index, []);
            cases[index].Judge(read, $"api.test:{server.Port}", $"seed {seed}, case {index}", tellsAll: kind is "raw" or "kestrel");
            passed += read.Length;
        }

        Assert.InRange(passed, s_cases / 10, s_cases * 3);
    }

    /// <summary>
    /// What was read, by the case it was read in: each target has a number. A server of another process tells a moment after it has answered, and of what was cut off
    /// later still.
    /// </summary>
    private static async Task<Dictionary<int, Reading[]>> ReadingsAsync(IReadingServer server, List<Case> cases)
    {
        int answered = cases.Sum(static one => one.Judged.Count(static judged => judged.Status == 200));
        long start = Stopwatch.GetTimestamp();
        while (server.Read.Count < answered && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
            await Task.Delay(10, Token);
        await Task.Delay(500, Token);
        return server.Read.GroupBy(one => cases.FindLastIndex(known => known.FirstId <= RequestGenerator.IdOf(one.Target)))
            .ToDictionary(static group => group.Key, static group => group.ToArray());
    }

    /// <summary>One connection's bytes, and the requests the gateway made of them.</summary>
    private sealed record Case(int FirstId, string Sent, bool IsTouched, EgressConnection[] Judged)
    {
        /// <summary>
        /// Nothing is read that was not judged, in the same order and to the same effect, and all that was answered with 200 was read. What a server refuses by itself it
        /// need not tell of, and of what was cut off it may; one of ours tells of what it read whole and of nothing else.
        /// </summary>
        public void Judge(Reading[] read, string authority, string which, bool tellsAll)
        {
            string what = $"{which}: {Sent}\njudged {string.Join<EgressConnection>(" | ", Judged)}\nread {string.Join<Reading>(" | ", read)}";
            Assert.True(!tellsAll || read.Length == Judged.Count(static one => one.Status == 200), what);
            int next = 0;
            foreach (Reading one in read)
            {
                while (next < Judged.Length && Judged[next].Status != 200 && !IsSame(one, Judged[next]))
                    next++;
                Assert.True(next < Judged.Length && IsSame(one, Judged[next]) && one.Host == authority && Judged[next].Name == "api.test", what);
                // Each target names the body its request was made with, or -1 where that was left to the reader.
                string meant = one.Target[(one.Target.LastIndexOf('=') + 1)..];
                Assert.True(IsTouched || meant == "-1" || one.Body < 0 || Judged[next].Status != 200
                    || meant == one.Body.ToString(CultureInfo.InvariantCulture), what);
                next++;
            }

            Assert.True(Judged.Skip(next).All(static left => left.Status != 200), what);
        }

        private static bool IsSame(Reading read, EgressConnection judged) =>
            read.Method == judged.Method && read.Target.Split('?')[0] == judged.Path;
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
internal sealed partial class RequestGenerator(int seed, string host)
{
    private readonly Random _random = new(seed);
    private int _id;

    /// <summary>The number of the next target.</summary>
    public int NextId => _id;

    /// <summary>The number of a target.</summary>
    /// <exception cref="FormatException">It is not one of ours.</exception>
    public static int IdOf(string target) => Number().Match(target) is { Success: true } match
        ? int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture)
        : throw new FormatException($"the target '{target}' was never sent");

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
            text = text.Insert(Somewhere(text), Any("\r", "\n", "\0", " ", "\t", "\r\n", ":", "\u00e9", "\u0085"));
        if (whim == 2)
            text = text.Remove(Somewhere(text), 1);
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

    /// <summary>A place outside the numbers by which targets are told apart.</summary>
    private int Somewhere(string text)
    {
        while (true)
        {
            int place = _random.Next(text.Length);
            if (!Number().Matches(text).Any(number => place >= number.Index && place <= number.Index + number.Length))
                return place;
        }
    }

    [GeneratedRegex(@"\?id=(?<id>[0-9]+)&body=-?[0-9]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();

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
