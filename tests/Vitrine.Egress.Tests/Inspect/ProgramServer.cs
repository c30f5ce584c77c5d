using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>
/// A server that others wrote, as it is: nginx, Apache or Node, on a port of loopback, telling of each request it reads in one line on its output:
/// method, target, host and, where it knows, the length of the body, with tabs between.
/// </summary>
internal sealed class ProgramServer : IReadingServer
{
    private const string Node = """
        require('http').createServer((request, response) => {
          let length = 0;
          request.on('data', part => length += part.length);
          request.on('end', () => {
            console.log([request.method, request.url, request.headers.host, length].join('\t'));
            response.end('ok');
          });
        }).listen(+process.argv[1], '127.0.0.1');
        """;

    private readonly Process _process;
    private readonly string _directory;
    private readonly Task _reading;

    private ProgramServer(Process process, string directory, ushort port)
    {
        (_process, _directory, Port) = (process, directory, port);
        _reading = ReadAsync();
    }

    public ushort Port { get; }

    public ConcurrentQueue<Reading> Read { get; } = [];

    public static async Task<IReadingServer> StartAsync(string kind)
    {
        string directory = Directory.CreateTempSubdirectory("vitrine-server-").FullName;
        ushort port = FreePort();
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        switch (kind)
        {
            case "nginx":
                start.FileName = Path.Combine(Root(), "artifacts/tools/nginx/usr/sbin/nginx");
                await File.WriteAllTextAsync(directory + "/conf", $$"""
                    daemon off; master_process off; worker_processes 1; pid {{directory}}/pid; error_log {{directory}}/error.log;
                    events { worker_connections 256; }
                    http {
                      log_format line escape=none "$request_method\t$request_uri\t$http_host\t-";
                      access_log /dev/stdout line;
                      client_body_temp_path {{directory}}/body; proxy_temp_path {{directory}}/proxy; fastcgi_temp_path {{directory}}/fastcgi;
                      uwsgi_temp_path {{directory}}/uwsgi; scgi_temp_path {{directory}}/scgi;
                      server { listen 127.0.0.1:{{port}}; location / { return 200 ok; } }
                    }
                    """);
                AddArguments(start, "-p", directory, "-e", directory + "/error.log", "-c", directory + "/conf");
                break;
            case "apache":
                start.FileName = "/usr/sbin/apache2";
                await File.WriteAllTextAsync(directory + "/ok", "ok");
                await File.WriteAllTextAsync(directory + "/conf", $"""
                    ServerRoot {directory}
                    ServerName api.test
                    Listen 127.0.0.1:{port}
                    PidFile {directory}/pid
                    Mutex file:{directory} default
                    DefaultRuntimeDir {directory}
                    ErrorLog {directory}/error.log
                    LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                    LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                    LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
                    StartServers 1
                    ServerLimit 1
                    DocumentRoot {directory}
                    AllowEncodedSlashes NoDecode
                    MergeSlashes Off
                    AliasMatch ^ {directory}/ok
                    <Directory {directory}>
                      Require all granted
                    </Directory>
                    LogFormat "%m\t%r\t%{"{Host}"}i\t-" line
                    CustomLog /dev/stdout line
                    """);
                AddArguments(start, "-X", "-f", directory + "/conf");
                break;
            default:
                start.FileName = "/usr/bin/node";
                AddArguments(start, "-e", Node, port.ToString(CultureInfo.InvariantCulture));
                break;
        }

        var process = Process.Start(start)!;
        var server = new ProgramServer(process, directory, port);
        try
        {
            await ListensAsync(process, port, directory);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task ListensAsync(Process process, ushort port, string directory)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!process.HasExited && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(20);
            }
            catch (SocketException e)
            {
                string log = directory + "/error.log";
                throw new InvalidOperationException($"{process.StartInfo.FileName} does not listen; "
                    + (process.HasExited ? await process.StandardError.ReadToEndAsync() : "") + (File.Exists(log) ? await File.ReadAllTextAsync(log) : ""), e);
            }
        }
    }

    private static void AddArguments(ProcessStartInfo start, params string[] arguments)
    {
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string Root()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Vitrine.slnx")))
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("this test is not run from a clone");
        return at;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            string[] parts = line.Split('\t');
            // nginx has no target for what it refuses to read: one that climbs out of the root, for instance.
            if (parts[1].Length == 0)
                continue;
            // Apache tells the target only as part of the first line, with what it escaped in it.
            string target = parts[1].Contains(' ', StringComparison.Ordinal) ? Unescape(parts[1].Split(' ')[1]) : parts[1];
            Read.Enqueue(new Reading(parts[0], target, parts[2], parts[3] == "-" ? -1 : long.Parse(parts[3], CultureInfo.InvariantCulture)));
        }
    }

    private static string Unescape(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
}
