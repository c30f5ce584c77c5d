// client http URL: the answer of a GET by HTTP/1.1 and by HTTP/2. client ws URL: what a WebSocket sends back.
using System.Net;
using System.Net.WebSockets;
using System.Text;

using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
var address = new Uri(args[1]);
if (args[0] == "ws")
{
    using var socket = new ClientWebSocket();
    await socket.ConnectAsync(address, patience.Token);
    await socket.SendAsync(Encoding.UTF8.GetBytes("over and out"), WebSocketMessageType.Text, true, patience.Token);
    byte[] buffer = new byte[64];
    WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, patience.Token);
    Console.WriteLine(Encoding.UTF8.GetString(buffer, 0, got.Count));
    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
    return;
}

using var client = new HttpClient();
foreach (Version version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
{
    using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
    using HttpResponseMessage response = await client.SendAsync(request, patience.Token);
    Console.Write($"{response.Version} {await response.Content.ReadAsStringAsync(patience.Token)}");
}
