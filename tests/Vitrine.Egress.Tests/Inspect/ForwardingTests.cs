using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vitrine.Audit.Events;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>Requests that are allowed arrive as they were made, and answers come back as they were given.</summary>
public sealed class ForwardingTests
{
    public static TheoryData<int> Versions => [1, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Get_AllowedPath_ComesBackWhole(int version)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context =>
        {
            context.Response.Headers["X-Answer"] = "yes";
            context.Response.Headers.AltSvc = "h3=\":443\"";
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            return context.Response.WriteAsync("hello");
        });
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        using HttpResponseMessage response = await client.GetAsync(AsIs(bed.Url + "/v1/a%20b?q=%2e%2e&r=//"), Token);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("X-Answer")));
        Assert.Equal("a=1 b=2", string.Join(' ', response.Headers.GetValues("Set-Cookie")));
        Assert.False(response.Headers.Contains("Alt-Svc"));
        SeenRequest seen = Assert.Single(bed.Upstream.Seen);
        Assert.Equal(("GET", "/v1/a%20b?q=%2e%2e&r=//", bed.Host, $"HTTP/{(version == 1 ? "1.1" : "2")}"), (seen.Method, seen.Target, seen.Host, seen.Protocol));
        Assert.False(seen.Headers.ContainsKey("traceparent"));
        EgressConnection told = await bed.EndedAsync();
        Assert.Equal(("api.test", "GET", "/v1/a%20b", 200, "https", "api", "closed", "127.0.0.1"),
            (told.Name, told.Method, told.Path, told.Status, told.Protocol, told.Rule, told.Ended, told.Address));
        Assert.True(told.BytesIn > 5 && told.BytesOut > 10);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Post_Bodies_ArriveWhole(int version)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync($"{context.Request.ContentLength}|{body.Length}|{context.Request.ContentType}|{context.Request.Headers.TransferEncoding}");
        });
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        Assert.Equal("5|5|text/plain; charset=utf-8|", await PostAsync(client, bed, new StringContent("abcde")));
        Assert.Equal("0|0||", await PostAsync(client, bed, new ByteArrayContent([])));
        Assert.Equal("3000000|3000000||", await PostAsync(client, bed, new ByteArrayContent(new byte[3_000_000])));
        var unknown = new StreamContent(new UnknownLength(new byte[300_000]));
        Assert.Equal(version == 1 ? "|300000||chunked" : "|300000||", await PostAsync(client, bed, unknown));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Answers_OfEachKind_KeepTheirMeaning(int version)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            HttpResponse response = context.Response;
            switch (context.Request.Path.Value)
            {
                case "/head":
                    response.ContentLength = 1234;
                    break;
                case "/204":
                    response.StatusCode = 204;
                    break;
                case "/304":
                    response.StatusCode = 304;
                    response.Headers.ETag = "\"x\"";
                    break;
                case "/redirect":
                    response.Redirect("https://elsewhere.test/");
                    break;
                case "/gzip":
                    response.Headers.ContentEncoding = "gzip";
                    await response.Body.WriteAsync(new byte[] { 1, 2, 3 });
                    break;
                default:
                    response.StatusCode = 503;
                    response.Headers.RetryAfter = "7";
                    await response.WriteAsync("later");
                    break;
            }
        });
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        using var head = new HttpRequestMessage(HttpMethod.Head, bed.Url + "/head");
        using HttpResponseMessage headed = await client.SendAsync(head, Token);
        Assert.Equal(1234, headed.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync(new Uri(bed.Url + "/204"), Token)).StatusCode);
        using HttpResponseMessage unchanged = await client.GetAsync(new Uri(bed.Url + "/304"), Token);
        Assert.Equal((HttpStatusCode.NotModified, "\"x\""), (unchanged.StatusCode, unchanged.Headers.ETag!.Tag));
        using HttpResponseMessage redirected = await client.GetAsync(new Uri(bed.Url + "/redirect"), Token);
        Assert.Equal((HttpStatusCode.Redirect, "https://elsewhere.test/"), (redirected.StatusCode, redirected.Headers.Location!.ToString()));
        using HttpResponseMessage packed = await client.GetAsync(new Uri(bed.Url + "/gzip"), Token);
        Assert.Equal(new byte[] { 1, 2, 3 }, await packed.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal("gzip", Assert.Single(packed.Content.Headers.ContentEncoding));
        using HttpResponseMessage failed = await client.GetAsync(new Uri(bed.Url + "/else"), Token);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "later"), (failed.StatusCode, await failed.Content.ReadAsStringAsync(Token)));
        Assert.Equal(7, bed.Upstream.Seen.Count + 1);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Answer_InPieces_ArrivesAsItComes(int version)
    {
        var go = new SemaphoreSlim(0);
        await using InspectBed bed = await InspectBed.OpenAsync(async context =>
        {
            for (int piece = 0; piece < 3; piece++)
            {
                await context.Response.WriteAsync($"piece {piece}");
                await context.Response.Body.FlushAsync();
                await go.WaitAsync();
            }
        });
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        await using Stream stream = await client.GetStreamAsync(new Uri(bed.Url + "/sse"), Token);
        byte[] piece = new byte[7];
        for (int index = 0; index < 3; index++)
        {
            await stream.ReadExactlyAsync(piece, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
            Assert.Equal($"piece {index}", Encoding.ASCII.GetString(piece));
            go.Release();
        }

        Assert.Equal(0, await stream.ReadAsync(piece, Token));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Download_TwoHundredMegabytes_ComesWhole(int version)
    {
        const int Size = 200_000_000;
        byte[] block = new byte[64 * 1024];
        new Random(1).NextBytes(block);
        await using InspectBed bed = await InspectBed.OpenAsync(async context =>
        {
            context.Response.ContentLength = Size;
            for (int left = Size; left > 0; left -= block.Length)
                await context.Response.Body.WriteAsync(block.AsMemory(0, Math.Min(left, block.Length)));
        });
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        await using Stream stream = await client.GetStreamAsync(new Uri(bed.Url + "/big"), Token);
        byte[] buffer = new byte[256 * 1024];
        long total = 0;
        for (int read; (read = await stream.ReadAsync(buffer, Token)) > 0; total += read)
        {
            for (int index = 0; index < read; index += 4099)
                Assert.Equal(block[(int)((total + index) % block.Length)], buffer[index]);
        }

        Assert.Equal(Size, total);
    }

    [Fact]
    public async Task GrpcLike_UnaryAndBothWays_HaveTrailers()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            Assert.Equal("trailers", context.Request.Headers.TE.ToString());
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            byte[] message = new byte[5];
            while (await context.Request.Body.ReadAtLeastAsync(message, 5, throwOnEndOfStream: false) == 5)
            {
                await context.Response.Body.WriteAsync(message);
                await context.Response.Body.FlushAsync();
            }

            context.Response.AppendTrailer("grpc-status", "0");
        });
        using HttpClient client = bed.Client(HttpVersion.Version20);
        var calls = new TurnByTurn();
        using var request = new HttpRequestMessage(HttpMethod.Post, bed.Url + "/svc/Method") { Version = HttpVersion.Version20, Content = calls };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        calls.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await using Stream answers = await response.Content.ReadAsStreamAsync(Token);
        byte[] answer = new byte[5];
        for (byte turn = 0; turn < 5; turn++)
        {
            calls.Send([turn, 1, 2, 3, 4]);
            await answers.ReadExactlyAsync(answer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
            Assert.True(turn == answer[0], Encoding.ASCII.GetString(answer) + string.Join(' ', bed.World.Log.Refused.Select(told => told.Message)));
        }

        calls.End();
        Assert.Equal(0, await answers.ReadAsync(answer, Token));
        Assert.Equal("0", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Upstream_ResetsMidAnswer_ClientSeesAFault(int version)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("part");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync(new Uri(bed.Url + "/cut"), Token));
        Assert.Equal("upstream", (await bed.EndedAsync()).Ended);
    }

    [Fact]
    public async Task ClientGone_RequestInFlight_EndsUpstream()
    {
        var reached = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        await using InspectBed bed = await InspectBed.OpenAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using HttpClient client = bed.Client();
        using var stop = new CancellationTokenSource();
        Task<HttpResponseMessage> asked = client.GetAsync(new Uri(bed.Url + "/wait"), stop.Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Expect_Continue_IsHonoured()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(context.Request.Headers.Expect + await reader.ReadToEndAsync());
        });
        await using var tls = await bed.OpenTlsAsync();
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {bed.Host}\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"), Token);
        byte[] line = new byte[25];
        await tls.ReadExactlyAsync(line, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(line));
        await tls.WriteAsync("abc"u8.ToArray(), Token);
        Assert.EndsWith("100-continueabc", Unchunked(await InspectBed.ReadAsync(tls)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_WithoutReadingTheBody_ReachesTheClient()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context =>
        {
            context.Response.StatusCode = 413;
            return context.Response.WriteAsync("too much");
        });
        using HttpClient client = bed.Client();
        using HttpResponseMessage response = await client.PostAsync(new Uri(bed.Url + "/early"), new ByteArrayContent(new byte[200_000]), Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task HalfClose_AfterThePlainRequest_StillGetsTheAnswer()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            await Task.Delay(200);
            await context.Response.WriteAsync("late");
        });
        string answer = await bed.RawAsync($"GET http://{bed.PlainHost}/x HTTP/1.1\r\nHost: {bed.PlainHost}\r\nConnection: close\r\n\r\n", isProxy: true);
        Assert.Contains("late", answer, StringComparison.Ordinal);
    }

    private static Uri AsIs(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static async Task<string> PostAsync(HttpClient client, InspectBed bed, HttpContent content)
    {
        using HttpResponseMessage response = await client.PostAsync(new Uri(bed.Url + "/post"), content, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private static string Unchunked(string answer) => answer.Replace("\r\n0\r\n\r\n", "", StringComparison.Ordinal);

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    /// <summary>A body that is written turn by turn.</summary>
    private sealed class TurnByTurn : HttpContent
    {
        private readonly System.Threading.Channels.Channel<byte[]> _turns = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();

        public void Send(byte[] message) => _turns.Writer.TryWrite(message);

        public void End() => _turns.Writer.Complete();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await foreach (byte[] turn in _turns.Reader.ReadAllAsync())
            {
                await stream.WriteAsync(turn);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
