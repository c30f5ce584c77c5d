using System.Net;
using Vitrine.Audit.Events;
using Vitrine.Egress.Rules;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress;

/// <summary>
/// What a session tells. Refusals and alarms are told once at first, then counted per code, host and port, and the counts are told by
/// <see cref="FlushAsync"/>. At most <see cref="MaxKeys"/> different ones are kept apart; the rest is `(others)`, so that asking for ever
/// new names fills neither memory nor the trail.
/// </summary>
internal sealed class SessionLog(IEgressLog log)
{
    /// <summary>Different refusals and alarms told apart between two flushes.</summary>
    public const int MaxKeys = 256;

    private const string Others = "(others)";
    private const int LongestHost = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _seen = [];

    /// <summary>A connection or request is over.</summary>
    public ValueTask EndedAsync(EgressConnection connection) => log.EndedAsync(connection);

    /// <summary>Something was refused.</summary>
    /// <param name="host">Name or address; hostile.</param>
    /// <param name="port">0 where none was said.</param>
    /// <param name="refusal">Why.</param>
    public async ValueTask RefuseAsync(string host, int port, Refusal refusal)
    {
        if (IsFirst(new Key(IsAlarm: false, refusal.Code, Short(host), port), refusal, out Key key))
            await TellAsync(key, refusal, 1).ConfigureAwait(false);
        bool isMetadata = refusal.Code == EgressCodes.Metadata || (refusal.Code == EgressCodes.Address
            && IPAddress.TryParse(host, out IPAddress? address) && AddressTable.Find(address).Kind == AddressKind.Metadata);
        if (isMetadata)
            await AlarmAsync("metadata", host, port, refusal.Message, refusal.Rule).ConfigureAwait(false);
    }

    /// <summary>Something looks like an attack.</summary>
    /// <param name="kind">`placeholder`, `wildcard-flood` or `metadata`.</param>
    /// <param name="host">Name or address; hostile.</param>
    /// <param name="port">0 where none was said.</param>
    /// <param name="message">What happened, without a full stop.</param>
    /// <param name="rule">Id of the rule; null for none.</param>
    public async ValueTask AlarmAsync(string kind, string host, int port, string message, string? rule)
    {
        var refusal = new Refusal(kind, message, rule);
        if (IsFirst(new Key(IsAlarm: true, kind, Short(host), port), refusal, out Key key))
            await TellAsync(key, refusal, 1).ConfigureAwait(false);
    }

    /// <summary>Tells the counts. What did not happen again since is forgotten.</summary>
    public async ValueTask FlushAsync()
    {
        List<(Key Key, Refusal Refusal, long Count)> due = [];
        lock (_gate)
        {
            foreach ((Key key, Entry entry) in _seen)
            {
                if (entry.Count > 0)
                    due.Add((key, entry.Refusal, entry.Count));
                else
                    _seen.Remove(key);
                entry.Count = 0;
            }
        }

        foreach ((Key key, Refusal refusal, long count) in due)
            await TellAsync(key, refusal, count).ConfigureAwait(false);
    }

    private static string Short(string host) => host.Length <= LongestHost ? host : host[..LongestHost];

    private bool IsFirst(Key asked, Refusal refusal, out Key key)
    {
        key = asked;
        lock (_gate)
        {
            if (!_seen.ContainsKey(key) && _seen.Count >= MaxKeys)
                key = key with { Host = Others, Port = 0 };
            if (_seen.TryGetValue(key, out Entry? entry))
            {
                entry.Count++;
                return false;
            }

            _seen.Add(key, new Entry(refusal));
            return true;
        }
    }

    private ValueTask TellAsync(Key key, Refusal refusal, long count) => key.IsAlarm
        ? log.AlarmAsync(new EgressAlarm
        {
            Kind = key.Code,
            Host = key.Host,
            Port = key.Port,
            Message = refusal.Message,
            Rule = refusal.Rule,
            Count = count,
        })
        : log.RefusedAsync(new EgressRefused
        {
            Code = key.Code,
            Host = key.Host,
            Port = key.Port,
            Message = refusal.Message,
            Rule = refusal.Rule,
            Hint = refusal.Hint,
            Count = count,
        });

    private readonly record struct Key(bool IsAlarm, string Code, string Host, int Port);

    private sealed class Entry(Refusal refusal)
    {
        public Refusal Refusal { get; } = refusal;

        public long Count { get; set; }
    }
}
