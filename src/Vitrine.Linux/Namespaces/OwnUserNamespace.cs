using System.Globalization;

namespace Vitrine.Linux.Namespaces;

/// <summary>The user namespace this process is in, by its mapping (user_namespaces(7)).</summary>
public static class OwnUserNamespace
{
    /// <summary>Whether it is the host's own: every id stands for itself.</summary>
    public static bool IsInitial { get; } = IsIdentity(File.ReadAllText("/proc/self/uid_map"));

    /// <summary>Ids from 0 on that have a user and a group behind them, without a gap.</summary>
    public static uint MappedIds() => Math.Min(Mapped(File.ReadAllText("/proc/self/uid_map")), Mapped(File.ReadAllText("/proc/self/gid_map")));

    /// <summary>Whether a mapping is that of the host's own namespace.</summary>
    /// <param name="map">Text of uid_map.</param>
    public static bool IsIdentity(string map) => Parse(map) is [(0, 0, uint.MaxValue)];

    /// <summary>Ids from 0 on that a mapping has without a gap.</summary>
    /// <param name="map">Text of uid_map or gid_map.</param>
    public static uint Mapped(string map)
    {
        uint next = 0;
        foreach (IdRange range in Parse(map).OrderBy(static r => r.Inside))
        {
            if (range.Inside != next)
                break;
            next += range.Count;
        }

        return next;
    }

    private static IdRange[] Parse(string map) => [.. map.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(static f => new IdRange(Number(f[0]), Number(f[1]), Number(f[2])))];

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
