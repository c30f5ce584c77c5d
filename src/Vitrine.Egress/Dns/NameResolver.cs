using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Dns;

/// <summary>
/// Finds a name's addresses: the host's table first, then its name servers, or those of the plan. Never blocks a thread, as getaddrinfo(3)
/// does. The same question of several connections is asked once.
/// </summary>
internal sealed class NameResolver(EgressGatewayOptions options)
{
    /// <summary>How long a name with IPv4 addresses is held up for its IPv6 ones (RFC 8305 section 3).</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    /// <summary>Times all servers are asked in turn.</summary>
    private const int Rounds = 2;

    private readonly HostFile<IReadOnlyList<IPEndPoint>> _servers = new(options.ResolvConf, HostTables.ReadServers, options.Clock);
    private readonly HostFile<IReadOnlyDictionary<string, IReadOnlyList<IPAddress>>> _hosts = new(options.Hosts, HostTables.ReadHosts,
        options.Clock);
    private readonly DnsCache _cache = new(options.Clock);
    private readonly ConcurrentDictionary<DnsKey, Task<IReadOnlyList<IPAddress>>> _asking = [];

    /// <summary>The addresses, IPv4 first; empty where the name has none.</summary>
    /// <param name="name">In normal form.</param>
    /// <param name="resolvers">`address:port` of the servers to ask; empty for the host's.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NameResolutionException">No server could tell.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, IReadOnlyList<string> resolvers,
        CancellationToken cancellationToken)
    {
        if (_hosts.Value.TryGetValue(name, out IReadOnlyList<IPAddress>? known))
            return known;
        IReadOnlyList<IPEndPoint> servers = resolvers.Count > 0
            ? [.. resolvers.Select(static one => IPEndPoint.Parse(one))]
            : _servers.Value;
        string all = string.Join(' ', servers);
        Task<IReadOnlyList<IPAddress>> four = FindAsync(new DnsKey(name, DnsType.A, all), servers);
        Task<IReadOnlyList<IPAddress>> six = FindAsync(new DnsKey(name, DnsType.Aaaa, all), servers);
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            await Task.WhenAny(Task.WhenAll(four, six), AfterFourAsync(four, enough.Token)).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
        }

        List<IPAddress> found = [];
        if (four.IsCompletedSuccessfully)
            found.AddRange(await four.ConfigureAwait(false));
        if (six.IsCompletedSuccessfully)
            found.AddRange(await six.ConfigureAwait(false));
        // Without an address, what the server said of the A record is what is told.
        return found.Count > 0 ? found : await four.ConfigureAwait(false);
    }

    /// <summary>Ends shortly after IPv4 addresses came, and never where none did.</summary>
    private async Task AfterFourAsync(Task<IReadOnlyList<IPAddress>> four, CancellationToken cancellationToken)
    {
        bool hasAny;
        try
        {
            hasAny = (await four.ConfigureAwait(false)).Count > 0;
        }
        catch (NameResolutionException)
        {
            hasAny = false;
        }

        await Task.Delay(hasAny ? Grace : options.ResolveTimeout, options.Clock, cancellationToken).ConfigureAwait(false);
    }

    private Task<IReadOnlyList<IPAddress>> FindAsync(DnsKey key, IReadOnlyList<IPEndPoint> servers)
    {
        if (_cache.Find(key) is { } kept)
            return Task.FromResult(kept);
        // Made before it is shared, begun by whoever won: so it is asked once.
        var begun = new TaskCompletionSource<IReadOnlyList<IPAddress>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<IReadOnlyList<IPAddress>> shared = _asking.GetOrAdd(key, begun.Task);
        if (shared == begun.Task)
            _ = AskAsync(key, servers, begun);
        return shared;
    }

    private async Task AskAsync(DnsKey key, IReadOnlyList<IPEndPoint> servers, TaskCompletionSource<IReadOnlyList<IPAddress>> asked)
    {
        try
        {
            using var late = new CancellationTokenSource(options.ResolveTimeout, options.Clock);
            (IReadOnlyList<IPAddress> addresses, int seconds) = await ChaseAsync(key.Name, key.Type, servers, late.Token)
                .ConfigureAwait(false);
            _cache.Keep(key, addresses, seconds);
            _asking.TryRemove(key, out _);
            asked.SetResult(addresses);
        }
        catch (Exception e)
        {
            _asking.TryRemove(key, out _);
            asked.SetException(e is NameResolutionException ? e : new NameResolutionException($"{key.Name} does not resolve: {e.Message}",
                isTimeout: false));
            _ = asked.Task.Exception;
        }
    }

    /// <summary>Asks for a name, and on for its alias where a server did not follow it itself.</summary>
    private async Task<(IReadOnlyList<IPAddress> Addresses, int Seconds)> ChaseAsync(
        string name, DnsType type, IReadOnlyList<IPEndPoint> servers, CancellationToken cancellationToken)
    {
        int seconds = DnsReply.MaxTimeToLive;
        string at = name;
        for (int step = 0; step < DnsReply.MaxAliases; step++)
        {
            DnsReply reply = await AskAllAsync(at, type, servers, cancellationToken).ConfigureAwait(false);
            seconds = Math.Min(seconds, reply.TimeToLive);
            if (reply.Addresses.Count > 0 || reply.Alias is null || reply.Code != DnsCode.None)
                return (reply.Addresses, reply.Addresses.Count > 0 ? seconds : 0);
            if (!HostName.IsNormal(reply.Alias))
                break;
            at = reply.Alias;
        }

        throw new NameResolutionException($"{name} leads from alias to alias", isTimeout: false);
    }

    private async Task<DnsReply> AskAllAsync(string name, DnsType type, IReadOnlyList<IPEndPoint> servers,
        CancellationToken cancellationToken)
    {
        string trouble = "";
        bool isTimeout = false;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (IPEndPoint server in servers)
            {
                using var late = new CancellationTokenSource(options.ResolveTryTimeout, options.Clock);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
                try
                {
                    DnsReply? reply = await DnsClient.AskAsync(server, name, type, stop.Token).ConfigureAwait(false);
                    if (reply is { Code: DnsCode.None or DnsCode.NoSuchName })
                        return reply;
                    isTimeout = false;
                    trouble = reply is null
                        ? "answered what cannot be read"
                        : string.Create(CultureInfo.InvariantCulture, $"answered with code {(int)reply.Code}");
                }
                catch (OperationCanceledException)
                {
                    isTimeout = true;
                    trouble = "did not answer in time";
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    isTimeout = false;
                    trouble = $"cannot be asked: {e.Message}";
                }

                trouble = $"name server {server} {trouble}";
                if (cancellationToken.IsCancellationRequested)
                    throw new NameResolutionException($"{name} does not resolve: {trouble}", isTimeout: true);
            }
        }

        throw new NameResolutionException($"{name} does not resolve: {trouble}", isTimeout);
    }
}

/// <summary>No server could tell a name's addresses.</summary>
internal sealed class NameResolutionException(string message, bool isTimeout) : Exception(message)
{
    /// <summary>Whether it took too long.</summary>
    public bool IsTimeout { get; } = isTimeout;
}
