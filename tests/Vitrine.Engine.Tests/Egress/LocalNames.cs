using System.Net;
using System.Net.Sockets;

namespace Vitrine.Engine.Tests.Egress;

/// <summary>A name server on loopback: every name is 127.0.0.1.</summary>
internal sealed class LocalNames : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    public LocalNames() => _ = ServeAsync();

    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    public int Asked { get; private set; }

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult question = await _socket.ReceiveAsync();
                Asked++;
                await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>The question with one address behind it, or none when it asks for another type than A.</summary>
    private static byte[] Answer(byte[] question)
    {
        int end = 12;
        while (question[end] != 0)
            end += question[end] + 1;
        end += 5;
        bool isAddress = question[end - 3] == 1;
        byte[] head = [.. question[..2], 0x81, 0x80, 0, 1, 0, (byte)(isAddress ? 1 : 0), 0, 0, 0, 0];
        byte[] record = isAddress ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : [];
        return [.. head, .. question[12..end], .. record];
    }
}
