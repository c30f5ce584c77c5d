using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vitrine.Audit.Events;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>Requests that are not allowed, and connections that are not what they say: nothing of them reaches the server.</summary>
public sealed class JudgingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v1/models", 200, "")]
    [InlineData("POST", "/v1/models", 200, "")]
    [InlineData("DELETE", "/v1/models", 403, "DELETE")]
    [InlineData("GET", "/v2/models", 403, "/v2/models")]
    [InlineData("GET", "/", 403, "paths of api")]
    [InlineData("GET", "/v1/%2e%2e/admin", 400, "dot segments")]
    [InlineData("GET", "/v1/../admin", 400, "dot segments")]
    [InlineData("GET", "/v1/.%2e/admin", 400, "dot segments")]
    [InlineData("GET", "/v1/%252e%252e/admin", 400, "dot segments")]
    [InlineData("GET", "/v1/..;x=1/admin", 400, "dot segments")]
    [InlineData("GET", "/v1/x%2f..%2f..%2fadmin", 400, "dot segments")]
    [InlineData("GET", "/v1/x%5c..%5cadmin", 400, "backslash")]
    [InlineData("GET", "/v1\\..\\admin", 400, "backslash")]
    [InlineData("GET", "//v1/models", 403, "paths of api")]
    [InlineData("GET", "/%76%31/models", 403, "paths of api")]
    [InlineData("GET", "/v1/a%00b", 400, "Bad Request")]
    [InlineData("GET", "/v1/a#b", 400, "#")]
    [InlineData("TRACE", "/v1/models", 405, "TRACE")]
    [InlineData("get", "/v1/models", 400, "upper-case")]
    [InlineData("GET", "*", 405, "")]
    public async Task Request_AgainstMethodsAndPaths_IsJudged(string method, string path, int status, string says)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.WriteAsync("reached"),
            static rule => rule with { Methods = ["GET", "POST"], Paths = ["/v1/*"] });
        string answer = await bed.RawAsync($"{method} {path} HTTP/1.1\r\nHost: {bed.Host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains(says, answer, StringComparison.Ordinal);
        Assert.Equal(status == 200 ? 1 : 0, bed.Upstream.Seen.Count);
        if (says.Length > 0 && says != "Bad Request" && status != 200)
            Assert.Equal(status == 405 ? "method" : status == 403 ? method == "DELETE" ? "method" : "path" : bed.World.Log.Refused[0].Code, Assert.Single(bed.World.Log.Refused).Code);
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("x-method-override: DELETE")]
    [InlineData("X-Original-URL: /admin")]
    [InlineData("X-Rewrite-URL: /admin")]
    public async Task Request_HeaderThatNamesAnotherRequest_IsRefusedWhereARuleNarrows(string header)
    {
        await using (InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.WriteAsync("here"), static rule => rule with { Methods = ["GET"], Paths = ["/v1/*"] }))
        {
            string answer = await bed.RawAsync($"GET /v1/a HTTP/1.1\r\nHost: {bed.Host}\r\n{header}\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
            Assert.Empty(bed.Upstream.Seen);
        }

        // The control: where nothing is narrowed, it is a header like others.
        await using InspectBed wide = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("here"));
        Assert.StartsWith("HTTP/1.1 200",
            await wide.RawAsync($"GET /v1/a HTTP/1.1\r\nHost: {wide.Host}\r\n{header}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Smuggled => new()
    {
        { "CL.TE", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" },
        { "TE.CL", "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n8\r\nSMUGGLED\r\n0\r\n\r\n" },
        { "two lengths", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" },
        { "list of lengths", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3, 4\r\n\r\nabcd" },
        { "two codings", "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" },
        { "strange coding", "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "space before colon", "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" },
        { "obs-fold", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n" },
        { "bare LF", "GET / HTTP/1.1\nHost: HOST\n\n" },
        { "bare LF in a header", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\nY: b\r\n\r\n" },
        { "bare CR", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\rY: b\r\n\r\n" },
        { "NUL in a header", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n" },
        { "NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: HOST\r\n\r\n" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.test\r\n\r\n" },
        { "no host", "GET / HTTP/1.1\r\n\r\n" },
        { "no host, 1.0", "GET / HTTP/1.0\r\n\r\n" },
        { "URI is not Host", "GET https://evil.test/ HTTP/1.1\r\nHost: HOST\r\n\r\n" },
        { "Host is not URI", "GET https://HOST/ HTTP/1.1\r\nHost: evil.test\r\n\r\n" },
        { "userinfo", "GET https://user@HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n" },
        { "scheme", "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n" },
        { "h2c upgrade", "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n" },
        { "h2c preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "CONNECT", "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n" },
        { "version", "GET / HTTP/1.2\r\nHost: HOST\r\n\r\n" },
        { "blank in the target", "GET /a b HTTP/1.1\r\nHost: HOST\r\n\r\n" },
        { "chunk extension with LF", "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\nab\r\n0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task Request_ReadInTwoWays_IsRefused(string what, string request)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("reached");
        });
        string answer = await bed.RawAsync(request.Replace("HOST", bed.Host, StringComparison.Ordinal));
        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal) || what == "h2c preface", $"{what}: {answer}");
        Assert.DoesNotContain("reached", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(bed.Upstream.Seen, seen => seen.Method is not "POST" || seen.Host != bed.Host);
    }

    [Theory]
    [InlineData("evil.test", 421)]
    [InlineData("api.test", 421)]
    [InlineData("api.test:1", 421)]
    [InlineData("api.test.:PORT", 400)]
    [InlineData("xapi.test:PORT", 421)]
    [InlineData("api.test.evil.test:PORT", 421)]
    [InlineData("127.0.0.1:PORT", 400)]
    [InlineData("API.test:PORT", 200)]
    public async Task Host_NotTheConnections_IsMisdirected(string host, int status)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        host = host.Replace("PORT", bed.Upstream.TlsPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        // The second request of a kept-alive connection is judged as the first.
        string answer = await bed.RawAsync($"GET / HTTP/1.1\r\nHost: {bed.Host}\r\n\r\nGET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(status, int.Parse(answer.AsSpan(answer.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal) + 9, 3), CultureInfo.InvariantCulture));
        Assert.Equal(status == 200 ? 2 : 1, bed.Upstream.Seen.Count);
    }

    [Fact]
    public async Task Http2_AnotherAuthorityOnTheSameConnection_IsMisdirected()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        await using SslStream tls = await bed.OpenTlsAsync("api.test", SslApplicationProtocol.Http2);
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(tls) };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, bed.Url + "/") { Version = HttpVersion.Version20 };
        request.Headers.Host = "other.test";
        using HttpResponseMessage response = await client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Empty(bed.Upstream.Seen);
    }

    [Fact]
    public async Task Http2_ExtendedConnect_IsRefusedCleanly()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        using HttpClient client = bed.Client(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Connect, bed.Url + "/ws") { Version = HttpVersion.Version20 };
        request.Headers.Protocol = "websocket";
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Empty(bed.Upstream.Seen);
    }

    [Theory]
    [InlineData("other.test", "sni-differs")]
    [InlineData("sub.api.test", "sni-differs")]
    public async Task ServerName_OfAnother_IsClosed(string name, string code)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        await Assert.ThrowsAnyAsync<Exception>(() => bed.OpenTlsAsync(name));
        await bed.World.Session.DisposeAsync();
        Assert.Equal(code, Assert.Single(bed.World.Log.Refused).Code);
    }

    [Fact]
    public async Task ServerName_Missing_IsClosed()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        // An address is no server name: none is sent.
        await Assert.ThrowsAnyAsync<Exception>(() => bed.OpenTlsAsync("127.0.0.1"));
        await bed.World.Session.DisposeAsync();
        Assert.Equal("sni-missing", Assert.Single(bed.World.Log.Refused).Code);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "protocol")]
    [InlineData("SSH-2.0-x\r\n", "protocol")]
    public async Task Bytes_NotTls_AreClosed(string bytes, string code)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        Support.InsideSocket socket = await bed.World.ConnectAsync("api.test", bed.Upstream.TlsPort);
        await socket.Stream.WriteAsync(Encoding.ASCII.GetBytes(bytes), Token);
        Assert.DoesNotContain("HTTP", await InspectBed.ReadAsync(socket.Stream), StringComparison.Ordinal);
        await socket.Handled;
        Assert.Equal(code, Assert.Single(bed.World.Log.Refused).Code);
    }

    [Fact]
    public async Task Hello_TooSlow_IsClosed()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.WriteAsync("reached"), options: new EgressGatewayOptions { HelloTimeout = TimeSpan.FromMilliseconds(300) });
        Support.InsideSocket socket = await bed.World.ConnectAsync("api.test", bed.Upstream.TlsPort);
        await socket.Stream.WriteAsync(new byte[] { 22 }, Token);
        await socket.Handled.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal("hello-timeout", Assert.Single(bed.World.Log.Refused).Code);
    }

    [Fact]
    public async Task Headers_TooSlow_AreClosed()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.WriteAsync("reached"), options: new EgressGatewayOptions { HelloTimeout = TimeSpan.FromSeconds(1) });
        await using SslStream tls = await bed.OpenTlsAsync();
        await tls.WriteAsync("GET / HTTP/1.1\r\nHo"u8.ToArray(), Token);
        string answer = await InspectBed.ReadAsync(tls);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), answer);
    }

    [Theory]
    [InlineData("evil.test:80", 403)]
    [InlineData("api.test:80", 403)]
    [InlineData("127.0.0.1:80", 400)]
    [InlineData("metadata.google.internal", 403)]
    [InlineData("plain.test:PORT", 200)]
    public async Task Proxy_AbsoluteForm_IsJudgedByItsOwnHost(string host, int status)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("reached"));
        host = host.Replace("PORT", bed.Upstream.PlainPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        string first = $"GET http://{bed.PlainHost}/a HTTP/1.1\r\nHost: {bed.PlainHost}\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n\r\n";
        string answer = await bed.RawAsync(first + $"GET http://{host}/b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", isProxy: true);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(status, int.Parse(answer.AsSpan(answer.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal) + 9, 3), CultureInfo.InvariantCulture));
        Assert.All(bed.Upstream.Seen, seen => Assert.Equal(bed.PlainHost, seen.Host));
        Assert.All(bed.Upstream.Seen, seen => Assert.DoesNotContain(seen.Headers.Keys, key => key.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(status == 200 ? 2 : 1, bed.Upstream.Seen.Count);
    }

    [Fact]
    public async Task HopHeaders_AndWhatConnectionNames_EndAtTheGateway()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static context =>
        {
            context.Response.Headers.Connection = "X-Named";
            context.Response.Headers["X-Named"] = "1";
            context.Response.Headers["Keep-Alive"] = "timeout=5";
            return context.Response.WriteAsync("reached");
        });
        string answer = await bed.RawAsync($"GET / HTTP/1.1\r\nHost: {bed.Host}\r\nConnection: X-Mine\r\nX-Mine: 1\r\nTE: trailers, gzip\r\nKeep-Alive: 5\r\nX-Kept: 1\r\n\r\n");
        SeenRequest seen = Assert.Single(bed.Upstream.Seen);
        Assert.Equal("Host X-Kept", string.Join(' ', seen.Headers.Keys.Order(StringComparer.Ordinal)));
        Assert.DoesNotContain("X-Named", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Keep-Alive", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_AllowedPath_CarriesMessagesAndIsCounted()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static async context =>
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                byte[] buffer = new byte[100_000];
                while (true)
                {
                    WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, CancellationToken.None);
                    if (got.MessageType == WebSocketMessageType.Close)
                        break;
                    await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, CancellationToken.None);
                }

                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
            },
            static rule => rule with { Paths = ["/ws"] });
        using HttpClient client = bed.Client();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(bed.Url.Replace("https", "wss", StringComparison.Ordinal) + "/ws"), client, Token);
        foreach (int size in (int[])[5, 70_000])
        {
            byte[] sent = new byte[size];
            await socket.SendAsync(sent, WebSocketMessageType.Binary, true, Token);
            byte[] got = new byte[size];
            for (int at = 0; at < size;)
                at += (await socket.ReceiveAsync(got.AsMemory(at), Token)).Count;
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Token);
        using var denied = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => denied.ConnectAsync(new Uri(bed.Url.Replace("https", "wss", StringComparison.Ordinal) + "/other"), client, Token));
        EgressConnection told = await bed.EndedAsync();
        Assert.Equal((101, "closed"), (told.Status, told.Ended));
        Assert.True(told.BytesOut > 70_000 && told.BytesIn > 70_000);
    }

    [Theory]
    [InlineData("other.test", 1, true)]
    [InlineData("api.test", -1, true)]
    [InlineData("api.test", 1, false)]
    public async Task Certificate_NotValid_NothingIsSent(string name, int hours, bool isTrusted)
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.WriteAsync("reached"), certificateFor: name, certificateUntil: TimeSpan.FromHours(hours), isTrusted: isTrusted);
        using HttpClient client = bed.Client();
        using HttpResponseMessage response = await client.GetAsync(new Uri(bed.Url + "/"), Token);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("certificate", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(bed.Upstream.Seen);
        Assert.Equal("certificate", Assert.Single(bed.World.Log.Refused).Code);
    }

    [Fact]
    public async Task Address_Private_IsRefusedAtDialTime()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.WriteAsync("reached"), static rule => rule with { Internal = false });
        using HttpClient client = bed.Client();
        using HttpResponseMessage response = await client.GetAsync(new Uri(bed.Url + "/"), Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("forbidden-address", Assert.Single(bed.World.Log.Refused).Code);
    }

    [Fact]
    public async Task Budget_UsedUp_EndsTheAnswerAndWhatFollows()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.Body.WriteAsync(new byte[1_000_000]).AsTask(), static rule => rule with { Bytes = 300_000 });
        using HttpClient client = bed.Client();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync(new Uri(bed.Url + "/"), Token));
        using HttpResponseMessage response = await client.GetAsync(new Uri(bed.Url + "/"), Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("api", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await bed.World.Session.DisposeAsync();
        Assert.Contains(bed.World.Log.Ended, told => told is { Ended: "budget", BytesIn: <= 300_000 });
    }

    [Fact]
    public async Task Rate_OfARule_SlowsTheAnswer()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => context.Response.Body.WriteAsync(new byte[300_000]).AsTask(), static rule => rule with { BytesPerSecond = 100_000 });
        using HttpClient client = bed.Client();
        long start = TimeProvider.System.GetTimestamp();
        Assert.Equal(300_000, (await client.GetByteArrayAsync(new Uri(bed.Url + "/"), Token)).Length);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 1.5, 10);
    }

    [Fact]
    public async Task Update_MethodTakenAway_EndsTheRequestInFlight()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(static async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using HttpClient client = bed.Client();
        await using Stream stream = await client.GetStreamAsync(new Uri(bed.Url + "/"), Token);
        await stream.ReadExactlyAsync(new byte[5], Token);
        EgressPlan plan = bed.World.Plan;
        bed.World.Session.Update(plan with { Allow = [.. plan.Allow.Select(static rule => rule with { Methods = ["POST"] })] });
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadExactlyAsync(new byte[1], Token).AsTask().WaitAsync(TimeSpan.FromSeconds(2), Token));
        Assert.Equal("revoked", (await bed.EndedAsync()).Ended);
    }

    [Fact]
    public async Task Upstream_Silent_TimesOut()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static context => Task.Delay(Timeout.Infinite, context.RequestAborted),
            options: new EgressGatewayOptions { IdleTimeout = TimeSpan.FromSeconds(1) });
        using HttpClient client = bed.Client();
        using HttpResponseMessage response = await client.GetAsync(new Uri(bed.Url + "/"), Token);
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    [Fact]
    public async Task Client_TakesNothing_IsEnded()
    {
        await using InspectBed bed = await InspectBed.OpenAsync(
            static async context =>
            {
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(new byte[65536]);
            },
            options: new EgressGatewayOptions { StallTimeout = TimeSpan.FromSeconds(1) });
        await using SslStream tls = await bed.OpenTlsAsync();
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {bed.Host}\r\n\r\n"), Token);
        Assert.Equal("stalled", (await bed.EndedAsync()).Ended);
    }
}
