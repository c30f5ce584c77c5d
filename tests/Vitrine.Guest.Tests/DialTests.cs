using System.Text;
using Vitrine.Guest.Tests.Support;
using Vitrine.Linux;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Guest.Tests;

/// <summary>Connections to loopback ports inside.</summary>
public sealed class DialTests
{
    private const string Echo =
        """
        import socket,threading
        s = socket.create_server(('127.0.0.1', 8080))
        print('up', flush=True)
        def serve(c):
            while True:
                b = c.recv(65536)
                if not b: break
                c.sendall(b)
            c.sendall(b'bye'); c.close()
        while True: threading.Thread(target=serve, args=(s.accept()[0],)).start()
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dial_Echo_CarriesBothWaysAndHalfCloses()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel server = await sandbox.Guest.StartAsync(Run.Python(Echo), Token);
        await server.LineWithAsync("up");
        byte[] sent = new byte[2_000_000];
        Random.Shared.NextBytes(sent);
        await using GuestChannel connection = await sandbox.Guest.DialAsync(8080, Token);
        Task writing = Task.Run(
            async () =>
            {
                await connection.Input.WriteAsync(sent, Token);
                await connection.Input.DisposeAsync();
            },
            Token);
        byte[] received = await Run.ReadAllAsync(connection.Output);
        await writing;
        Assert.True(sent.AsSpan().SequenceEqual(received.AsSpan()[..^3]));
        Assert.Equal("bye", Encoding.ASCII.GetString(received[^3..]));
        await connection.Completed.WaitAsync(Token);
    }

    [Fact]
    public async Task Dial_FiftyAtOnce_EachGetsItsOwn()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel server = await sandbox.Guest.StartAsync(Run.Python(Echo), Token);
        await server.LineWithAsync("up");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await using GuestChannel connection = await sandbox.Guest.DialAsync(8080, Token);
            await connection.TypeAsync($"number {i}");
            await connection.Input.DisposeAsync();
            Assert.Equal($"number {i}bye", Encoding.ASCII.GetString(await Run.ReadAllAsync(connection.Output)));
        }));
    }

    [Fact]
    public async Task Dial_NobodyListens_IsRefused()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(() => sandbox.Guest.DialAsync(9, Token));
        Assert.Equal(Errno.ECONNREFUSED, error.Errno);
        Assert.Contains("127.0.0.1:9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_Reset_ClosesTheConnectionInside()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        const string script = """
            import socket
            s = socket.create_server(('127.0.0.1', 8080)); print('up', flush=True)
            c = s.accept()[0]; print('accepted', flush=True)
            try: print('end', c.recv(1), flush=True)
            except ConnectionError: print('end reset', flush=True)
            """;
        await using GuestChannel server = await sandbox.Guest.StartAsync(Run.Python(script), Token);
        await server.LineWithAsync("up");
        GuestChannel connection = await sandbox.Guest.DialAsync(8080, Token);
        await server.LineWithAsync("accepted");
        await connection.DisposeAsync();
        await connection.Completed.WaitAsync(Token);
        await server.LineWithAsync("end");
    }
}
