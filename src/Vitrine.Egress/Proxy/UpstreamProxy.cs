using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Egress.Proxy;

/// <summary>
/// The HTTP proxy that all connections of a plan leave through, where the host itself has no way out. It resolves the names; what they
/// resolve to is its to judge.
/// </summary>
/// <param name="Host">Its name, or address.</param>
/// <param name="Port">Its port.</param>
internal sealed record UpstreamProxy(string Host, ushort Port)
{
    private const int LongestAnswer = 16 * 1024;

    /// <summary>Reads `http://host:port`.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static UpstreamProxy Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp && uri.UserInfo.Length == 0
            && uri.PathAndQuery == "/"
            ? new UpstreamProxy(uri.IdnHost.Trim('[', ']'), (ushort)uri.Port)
            : throw new FormatException($"the upstream proxy '{text}' is not of the form http://host:port");

    /// <summary>Asks the proxy, connected, for a host.</summary>
    /// <returns>Bytes that came after its answer; normally none.</returns>
    /// <exception cref="IOException">It refused, or answered what cannot be read.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(Socket socket, string name, ushort port, CancellationToken cancellationToken)
    {
        string target = string.Create(CultureInfo.InvariantCulture, $"{name}:{port}");
        byte[] request = Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
        for (ReadOnlyMemory<byte> left = request; !left.IsEmpty;)
            left = left[await socket.SendAsync(left, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LongestAnswer);
        try
        {
            int length = 0;
            while (length < LongestAnswer)
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(length, LongestAnswer - length), SocketFlags.None, cancellationToken)
                    .ConfigureAwait(false);
                if (read == 0)
                    throw new IOException($"the upstream proxy {Host}:{Port} closed the connection");
                length += read;
                int end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
                if (end < 0)
                    continue;
                Check(buffer.AsSpan(0, end));
                return buffer.AsSpan((end + 4)..length).ToArray();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        throw new IOException($"the upstream proxy {Host}:{Port} gave an answer longer than {LongestAnswer} bytes");
    }

    private void Check(ReadOnlySpan<byte> head)
    {
        bool isAnswer = head.Length >= 12 && (head.StartsWith("HTTP/1.1 "u8) || head.StartsWith("HTTP/1.0 "u8));
        if (!isAnswer || head[9] != '2')
        {
            string answer = isAnswer ? Encoding.ASCII.GetString(head.Slice(9, 3)) : "what is no HTTP";
            throw new IOException($"the upstream proxy {Host}:{Port} answered {answer}");
        }
    }

    /// <summary>The proxy's own address, where it was given as one.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out IPAddress? address) ? address : null;
}
