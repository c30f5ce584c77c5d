using Vitrine.Linux.Namespaces;
using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Oci.Identity;

/// <summary>Which id of the host (of our own user namespace, without root) stands behind each id of a sandbox.</summary>
/// <param name="Users">Ranges of users.</param>
/// <param name="Groups">Ranges of groups.</param>
/// <param name="IsCaller">Whether the sandbox's user is who called us, id 0 of our own user namespace.</param>
internal sealed record IdMap(IReadOnlyList<IdRange> Users, IReadOnlyList<IdRange> Groups, bool IsCaller = false)
{
    /// <summary>All ids from 0 on, moved by one distance.</summary>
    public static IdMap Shifted(uint first, uint count) => new([new IdRange(0, first, count)], [new IdRange(0, first, count)]);

    /// <summary>The sandbox's user is the caller, the others are the caller's subordinate ids.</summary>
    /// <param name="user">The sandbox's user.</param>
    /// <param name="count">Ids from 0 on in our own user namespace.</param>
    public static IdMap Caller(IdentityPlan user, uint count) => new(Around(user.Uid, count), Around(user.Gid, count), IsCaller: true);

    /// <summary>The user behind a user of the sandbox.</summary>
    public uint User(uint id) => Find(Users, id);

    /// <summary>The group behind a group of the sandbox.</summary>
    public uint Group(uint id) => Find(Groups, id);

    private static IdRange[] Around(uint id, uint count)
    {
        IdRange[] ranges = [new(0, 1, id), new(id, 0, 1), new(id + 1, id + 1, count - id - 1)];
        return [.. ranges.Where(static r => r.Count > 0)];
    }

    private static uint Find(IReadOnlyList<IdRange> ranges, uint id)
    {
        foreach (IdRange range in ranges)
        {
            if (id >= range.Inside && id - range.Inside < range.Count)
                return range.Outside + (id - range.Inside);
        }

        throw new ArgumentOutOfRangeException(nameof(id), id, "no id of the host is behind this one");
    }
}
