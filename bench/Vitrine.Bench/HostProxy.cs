using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Processes;

namespace Vitrine.Bench;

/// <summary>A forward proxy of the distribution, on a port of its own, for comparison; it caches, logs and forks nothing.</summary>
internal sealed class HostProxy : IAsyncDisposable
{
    private readonly ChildProcess? _child;

    private HostProxy(ChildProcess? child, int port) => (_child, Address) = (child, $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Whether it is installed.</summary>
    public bool IsThere => _child is not null;

    /// <summary>Its URL.</summary>
    public string Address { get; }

    /// <summary>Starts `squid` or `tinyproxy`, and waits until it listens.</summary>
    public static async Task<HostProxy> StartAsync(string name, string directory)
    {
        string? path = ((string[])["/usr/sbin/", "/usr/bin/"]).Select(folder => folder + name).FirstOrDefault(File.Exists);
        if (path is null)
            return new HostProxy(null, 0);
        int port = FreePort();
        string configuration = Path.Combine(directory, name + ".conf");
        string text = name == "squid"
            ? $"http_port 127.0.0.1:{port}\nhttp_access allow all\ncache deny all\naccess_log none\ncache_log /dev/null\ncache_store_log none\npid_filename none\nshutdown_lifetime 0 seconds\npinger_enable off\nvisible_hostname bench\n"
            : $"Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 200\nAllow 127.0.0.1\n";
        await File.WriteAllTextAsync(configuration, text);
        string[] arguments = name == "squid" ? [path, "-N", "-f", configuration] : [path, "-d", "-c", configuration];
        var child = ChildProcess.Start(new() { Path = path, Arguments = arguments, Descriptors = [null, null, null], Environment = ["PATH=/usr/sbin:/usr/bin:/bin"] });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (int tries = 0; tries < 200; tries++)
        {
            await timer.WaitForNextTickAsync();
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return new HostProxy(child, port);
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException($"{path} does not listen on 127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is null)
            return;
        _child.Signal(9);
        await _child.WaitAsync();
        _child.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
