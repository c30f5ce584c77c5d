using System.Net;

namespace Vitrine.Egress.Dns;

/// <summary>Answers kept for as long as they say, a minute at most. Bounded.</summary>
internal sealed class DnsCache(TimeProvider clock)
{
    private const int MaxEntries = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<DnsKey, (IReadOnlyList<IPAddress> Addresses, long Since, int Seconds)> _entries = [];

    /// <summary>The addresses kept; null for none.</summary>
    public IReadOnlyList<IPAddress>? Find(DnsKey key)
    {
        lock (_gate)
            return _entries.TryGetValue(key, out var entry) && IsFresh(entry.Since, entry.Seconds) ? entry.Addresses : null;
    }

    /// <summary>Keeps addresses.</summary>
    public void Keep(DnsKey key, IReadOnlyList<IPAddress> addresses, int seconds)
    {
        if (seconds <= 0)
            return;
        lock (_gate)
        {
            if (_entries.Count >= MaxEntries)
            {
                foreach ((DnsKey old, var entry) in _entries)
                {
                    if (!IsFresh(entry.Since, entry.Seconds))
                        _entries.Remove(old);
                }

                if (_entries.Count >= MaxEntries)
                    _entries.Clear();
            }

            _entries[key] = (addresses, clock.GetTimestamp(), seconds);
        }
    }

    private bool IsFresh(long since, int seconds) => clock.GetElapsedTime(since) < TimeSpan.FromSeconds(seconds);
}

/// <summary>What an answer is kept by.</summary>
/// <param name="Name">The name in normal form.</param>
/// <param name="Type">A or AAAA.</param>
/// <param name="Servers">The servers asked: sandboxes with others must not see these answers.</param>
internal readonly record struct DnsKey(string Name, DnsType Type, string Servers);
