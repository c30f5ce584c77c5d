using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>
/// A web server that reads requests as the worst of servers do: whatever ends with an empty line is a request and answered with 200. It keeps each as it
/// came, so that a test sees what somebody before it made of an ambiguous one.
/// </summary>
internal sealed class LaxServer : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlax"u8.ToArray();

    private readonly Socket _listener;
    private readonly ConcurrentQueue<string> _requests = [];

    public LaxServer(NetworkHolder outside, string address)
    {
        _listener = outside.Listen(new IPEndPoint(IPAddress.Parse(address), 80));
        _ = AcceptAsync();
    }

    /// <summary>Heads of the requests so far.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var pending = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        using (client)
        {
            try
            {
                for (int got; (got = await client.ReceiveAsync(buffer)) > 0;)
                {
                    pending.Append(Encoding.Latin1.GetString(buffer, 0, got));
                    for (string text = pending.ToString(); End(text) is var end and > 0; text = pending.ToString())
                    {
                        _requests.Enqueue(text[..end]);
                        pending.Remove(0, end);
                        await client.SendAsync(Answer);
                    }
                }
            }
            catch (SocketException)
            {
                // The client went away.
            }
        }
    }

    private static int End(string text)
    {
        int strict = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int loose = text.IndexOf("\n\n", StringComparison.Ordinal);
        return strict >= 0 && (loose < 0 || strict < loose) ? strict + 4 : loose >= 0 ? loose + 2 : -1;
    }
}
