using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vitrine.Audit.Events;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>
/// Secrets on their way out and back: the value is put in where its policy says, a placeholder anywhere else is refused, an echo is
/// replaced.
/// </summary>
public sealed class SecretRequestTests
{
    private const string Value = "sk-real-value-0123456789";

    private readonly SecretValue _secret = new(
        new SecretPlan
        {
            Name = "API_KEY",
            From = new SecretSource(SecretSourceKind.Environment, "X", []),
            Hosts = ["api.test"],
            Headers = ["Authorization", "X-Api-Key"],
            BodyFields = ["token"],
        }, Value);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Environment_OfTheSession_HoldsThePlaceholder()
    {
        await using InspectBed bed = await OpenAsync(EchoAsync);
        Assert.Equal(_secret.Placeholder, bed.World.Session.Environment["API_KEY"]);
        Assert.DoesNotContain(bed.World.Session.Environment.Values, static value => value.Contains(Value, StringComparison.Ordinal));
    }

    public static TheoryData<int, string> Places => new()
    {
        { 1, "Bearer" }, { 2, "Bearer" }, { 1, "Basic" }, { 2, "Basic" }, { 1, "X-Api-Key" }, { 1, "json" }, { 2, "json" }, { 1, "form" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Placeholder_AtItsPlace_IsTheValueOutsideAndNeverComesBack(int version, string place)
    {
        await using InspectBed bed = await OpenAsync(EchoAsync);
        using HttpClient client = bed.Client(new Version(version, version == 1 ? 1 : 0));
        using var request = new HttpRequestMessage(HttpMethod.Post, bed.Url + "/v1") { Version = client.DefaultRequestVersion };
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        switch (place)
        {
            case "Bearer":
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _secret.Placeholder);
                break;
            case "Basic":
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Base64($"git:{_secret.Placeholder}"));
                break;
            case "X-Api-Key":
                request.Headers.Add("X-Api-Key", _secret.Placeholder);
                break;
            case "json":
                request.Content = new StringContent($$"""{"a":1,"token":"{{_secret.Placeholder}}"}""", Encoding.UTF8, "application/json");
                break;
            default:
                request.Content = new StringContent($"a=1&token={_secret.Placeholder}", Encoding.UTF8, "application/x-www-form-urlencoded");
                break;
        }

        using HttpResponseMessage response = await client.SendAsync(request, Token);
        string answer = response.ToString() + await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, answer);
        SeenRequest seen = Assert.Single(bed.Upstream.Seen);
        Assert.Equal("identity", seen.Headers["Accept-Encoding"]);
        string got = answer + (seen.Headers.TryGetValue("X-Saw", out string? saw) ? saw : "");
        Assert.DoesNotContain(Value, got, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64($"git:{Value}"), got, StringComparison.Ordinal);
        Assert.Contains("saw-the-value", answer, StringComparison.Ordinal);
        Assert.Contains(place == "Basic" ? Base64($"git:{_secret.Placeholder}") : _secret.Placeholder, answer, StringComparison.Ordinal);
        await AssertNothingToldAsync(bed);
    }

    public static TheoryData<string> OffList =>
        ["other header", "cookie", "query", "path", "body", "body base64", "body percent", "other field", "gzip body", "long body", "chunked body",
            "header name", "encoded header", "plain http", "split query"];

    [Theory]
    [MemberData(nameof(OffList))]
    public async Task Placeholder_AnywhereElse_IsRefusedAndAlarmed(string where)
    {
        string place = _secret.Placeholder;
        await using InspectBed bed = await OpenAsync(EchoAsync);
        using HttpClient client = bed.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, bed.Url + (where == "path" ? $"/{place}" : where == "query" ? $"/?q={place}"
            : where == "split query" ? $"/?q={place.Replace("-", "%2D", StringComparison.Ordinal)}" : "/"));
        byte[] plain = Encoding.ASCII.GetBytes($"some text {place} more text");
        if (where == "plain http")
            request.RequestUri = new Uri($"http://{bed.PlainHost}/");
        if (where is "plain http")
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", place);
        else if (where == "other header")
            request.Headers.Add("X-Other", place);
        else if (where == "cookie")
            request.Headers.Add("Cookie", $"a={place}");
        else if (where == "header name")
            request.Headers.Add(place, "x");
        else if (where == "encoded header")
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Base64("x" + place));
        request.Content = where switch
        {
            "body" => new ByteArrayContent(plain),
            "body base64" => new StringContent(Base64("?" + place)),
            "body percent" => new StringContent(string.Concat(place.Select(static character => $"%{(int)character:x2}"))),
            "other field" => new StringContent($$"""{"other":"{{place}}"}""", Encoding.UTF8, "application/json"),
            "gzip body" => Packed(plain),
            "long body" => new ByteArrayContent([.. new byte[3_000_000], .. plain]),
            "chunked body" => new StreamContent(new Pieces([.. new byte[100_000], .. plain])),
            _ => null,
        };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains("API_KEY", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        catch (HttpRequestException) when (where is "long body" or "chunked body")
        {
            // The request was cut off on its way.
        }

        for (int round = 0; bed.World.Log.Alarms.Count == 0 && round < 200; round++)
            await Task.Delay(20, Token);
        EgressAlarm alarm = Assert.Single(bed.World.Log.Alarms);
        Assert.Equal("placeholder", alarm.Kind);
        Assert.DoesNotContain(bed.Upstream.Seen, static seen => seen.Headers.ContainsKey("X-Whole"));
        await AssertNothingToldAsync(bed);
    }

    [Fact]
    public async Task Placeholder_ToAHostItIsNotFor_IsRefused()
    {
        var elsewhere = _secret.With(_secret.Plan with { Hosts = ["elsewhere.test"] });
        await using InspectBed bed = await InspectBed.OpenAsync(EchoAsync, secrets: [elsewhere]);
        using HttpClient client = bed.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, bed.Url + "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", elsewhere.Placeholder);
        using HttpResponseMessage response = await client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(bed.Upstream.Seen);
        Assert.Single(bed.World.Log.Alarms);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("unknown")]
    public async Task Echo_PackedAlthoughAskedNotTo_IsUnpackedOrRefused(string coding)
    {
        await using InspectBed bed = await OpenAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            using var packed = new MemoryStream();
            await using (Stream stream = coding switch
            {
                "br" => new BrotliStream(packed, CompressionLevel.Fastest, true),
                "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, true),
                _ => new GZipStream(packed, CompressionLevel.Fastest, true),
            })
                await stream.WriteAsync(Encoding.ASCII.GetBytes("you sent " + context.Request.Headers.Authorization));
            await context.Response.Body.WriteAsync(packed.ToArray());
        });
        using HttpClient client = bed.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _secret.Placeholder);
        using HttpResponseMessage response = await client.GetAsync(new Uri(bed.Url + "/"), Token);
        string answer = await response.Content.ReadAsStringAsync(Token);
        if (coding == "unknown")
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        else
            Assert.Equal($"you sent Bearer {_secret.Placeholder}", answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Echo_CutByPieces_IsReplaced(bool isLengthTold)
    {
        await using InspectBed bed = await OpenAsync(async context =>
        {
            byte[] text = Encoding.ASCII.GetBytes(new string('.', 100_000) + context.Request.Headers.Authorization + new string('.', 100));
            if (isLengthTold)
                context.Response.ContentLength = text.Length;
            for (int at = 0; at < text.Length;)
            {
                int size = at < 100_000 ? 100_003 : 3;
                await context.Response.Body.WriteAsync(text.AsMemory(at, Math.Min(size, text.Length - at)));
                await context.Response.Body.FlushAsync();
                at += size;
            }
        });
        using HttpClient client = bed.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _secret.Placeholder);
        string answer = await client.GetStringAsync(new Uri(bed.Url + "/"), Token);
        Assert.DoesNotContain(Value, answer, StringComparison.Ordinal);
        Assert.Contains("Bearer vitrine-secret-", answer, StringComparison.Ordinal);
        Assert.Equal(isLengthTold ? 100_100 + 7 + Value.Length : 100_100 + 7 + _secret.Placeholder.Length, answer.Length);
    }

    [Fact]
    public async Task Upstream_Fails_SaysNothingOfTheValue()
    {
        await using InspectBed bed = await OpenAsync(static context =>
        {
            context.Response.Headers["X-Saw"] = context.Request.Headers.Authorization;
            context.Abort();
            return Task.CompletedTask;
        });
        using HttpClient client = bed.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _secret.Placeholder);
        using HttpResponseMessage response = await client.GetAsync(new Uri(bed.Url + "/"), Token);
        Assert.DoesNotContain(Value, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await AssertNothingToldAsync(bed);
    }

    private Task<InspectBed> OpenAsync(Func<HttpContext, Task> handle) => InspectBed.OpenAsync(handle, secrets: [_secret]);

    // Sends back all it got, in a header and in the body, and says whether the value was in it.
    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        string headers = string.Join('\n', context.Request.Headers.Select(static header => $"{header.Key}: {header.Value}"));
        string all = headers + "\n" + body;
        bool isIn = all.Contains(Value, StringComparison.Ordinal) || all.Contains(Base64($"git:{Value}"), StringComparison.Ordinal);
        context.Response.Headers["X-Saw"] = new StringValues(context.Request.Headers.Authorization.ToString());
        await context.Response.WriteAsync(all + (isIn ? "\nsaw-the-value" : ""));
    }

    private static async Task AssertNothingToldAsync(InspectBed bed)
    {
        await bed.World.Session.DisposeAsync();
        string told = string.Join('\n', bed.World.Log.Ended.Select(static one => one.ToString())
            .Concat(bed.World.Log.Refused.Select(static one => one.ToString())).Concat(bed.World.Log.Alarms.Select(static one => one.ToString())));
        Assert.DoesNotContain(Value, told, StringComparison.Ordinal);
    }

    private static ByteArrayContent Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, true))
            stream.Write(plain);
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes that come in odd pieces, their length unknown.</summary>
    private sealed class Pieces(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1013)], cancellationToken);
    }
}
