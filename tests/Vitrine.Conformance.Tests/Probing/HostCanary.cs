using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Probing;

/// <summary>
/// What a sandbox must not see, made on the host for the purpose: a file, sockets that listen, a process, a variable. It counts who came.
/// </summary>
public sealed class HostCanary : IAsyncDisposable
{
    private const string Variable = "VITRINE_CANARY";
    private readonly TestSpace _space = new();
    private readonly List<Socket> _sockets = [];
    private readonly Process _process;
    private readonly string _token = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly string _processMark = "0.000" + RandomNumberGenerator.GetInt32(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture);
    private readonly CancellationTokenSource _stop = new();
    private int _visits;

    public HostCanary()
    {
        CanaryFile = Path.Combine(_space.StateDirectory, $"canary-{_token}.txt");
        File.WriteAllText(CanaryFile, _token);
        Listen(new UnixDomainSocketEndPoint(SocketPath), SocketType.Stream);
        Listen(new UnixDomainSocketEndPoint("\0" + _space.Name), SocketType.Stream);
        Listen(new UnixDomainSocketEndPoint(SocketPath + "-dgram"), SocketType.Dgram);
        // sleep(1) adds its arguments up: the small one is a mark in its command line.
        _process = HostCommand.Start(["/usr/bin/sleep", "3600", _processMark]);
        Environment.SetEnvironmentVariable(Variable, "vitrine-canary-variable");
    }

    /// <summary>The canary's file.</summary>
    public string CanaryFile { get; }

    /// <summary>How many connections and datagrams reached its sockets since the last time this was asked.</summary>
    public int TakeVisits() => Interlocked.Exchange(ref _visits, 0);

    /// <summary>What a probe is told about it.</summary>
    public Dictionary<string, string> ProbeEnvironment() => new(StringComparer.Ordinal)
    {
        ["PROBE_CANARY_FILE"] = CanaryFile,
        ["PROBE_CANARY_TOKEN"] = _token,
        ["PROBE_CANARY_SOCKET"] = SocketPath,
        ["PROBE_CANARY_ABSTRACT"] = _space.Name,
        ["PROBE_CANARY_PROCESS"] = _processMark,
        ["PROBE_HOST_NAME"] = File.ReadAllText("/proc/sys/kernel/hostname").Trim(),
    };

    private string SocketPath => Path.Combine(_space.StateDirectory, "canary.sock");

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        await _stop.CancelAsync();
        foreach (Socket socket in _sockets)
            socket.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _stop.Dispose();
        _space.Dispose();
    }

    private void Listen(UnixDomainSocketEndPoint where, SocketType type)
    {
        var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        socket.Bind(where);
        _sockets.Add(socket);
        if (type == SocketType.Stream)
            socket.Listen();
        _ = ServeAsync(socket, type);
    }

    private async Task ServeAsync(Socket socket, SocketType type)
    {
        try
        {
            while (true)
            {
                if (type == SocketType.Stream)
                    (await socket.AcceptAsync(_stop.Token)).Dispose();
                else
                    await socket.ReceiveAsync(new byte[64], _stop.Token);
                Interlocked.Increment(ref _visits);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }
}
