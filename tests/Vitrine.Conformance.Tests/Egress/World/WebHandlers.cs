using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>What every host of the outside answers.</summary>
internal static class WebHandlers
{
    private static readonly byte[] Block = new byte[256 * 1024];

    /// <summary>
    /// `/echo` tells of the request, `/bytes/N` sends N bytes, `/upload` counts what it gets, `/drip/N` sends N bytes one each 100 ms, `/redirect?to=URL`
    /// redirects, `/ws` echoes messages, `/echo.Echo/Say` echoes by gRPC; everything else greets.
    /// </summary>
    public static Task HandleAsync(HttpContext context, string description)
    {
        string path = context.Request.Path.Value ?? "/";
        return path switch
        {
            "/echo" => EchoAsync(context, description),
            "/upload" => UploadAsync(context),
            "/redirect" => RedirectAsync(context),
            "/ws" => WebSocketAsync(context),
            "/echo.Echo/Say" => RemoteCallAsync(context),
            _ when path.StartsWith("/bytes/", StringComparison.Ordinal) => BytesAsync(context, Number(path)),
            _ when path.StartsWith("/drip/", StringComparison.Ordinal) => DripAsync(context, Number(path)),
            _ => GreetAsync(context),
        };
    }

    private static async Task GreetAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.Response.WriteAsync($"hello from {context.Request.Host.Host}\n");
    }

    private static long Number(string path) => long.Parse(path[(path.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);

    private static async Task EchoAsync(HttpContext context, string description)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(description + "\n" + body);
    }

    private static async Task BytesAsync(HttpContext context, long count)
    {
        context.Response.ContentLength = count;
        for (long left = count; left > 0; left -= Math.Min(left, Block.Length))
            await context.Response.Body.WriteAsync(Block.AsMemory(0, (int)Math.Min(left, Block.Length)), context.RequestAborted);
    }

    private static async Task DripAsync(HttpContext context, long count)
    {
        for (long i = 0; i < count; i++)
        {
            await context.Response.Body.WriteAsync("."u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(100), context.RequestAborted);
        }
    }

    private static async Task UploadAsync(HttpContext context)
    {
        byte[] buffer = new byte[64 * 1024];
        long count = 0;
        for (int got; (got = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
            count += got;
        await context.Response.WriteAsync(count.ToString(CultureInfo.InvariantCulture) + "\n");
    }

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Headers.AltSvc = "h2=\"www.denied.example:443\"; ma=3600";
        context.Response.Redirect(context.Request.Query["to"].ToString());
        return Task.CompletedTask;
    }

    private static async Task WebSocketAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    // The length-prefixed messages of gRPC over HTTP/2: one byte for compression, four for the length; the status comes in the trailers.
    private static async Task RemoteCallAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        byte[] head = new byte[5];
        while (await context.Request.Body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, context.RequestAborted) == head.Length)
        {
            byte[] message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
            await context.Request.Body.ReadExactlyAsync(message, context.RequestAborted);
            await context.Response.Body.WriteAsync((byte[])[.. head, .. message], context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", "0");
    }
}
