using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Paths;

namespace Vitrine.Runtimes.Oci.Identity;

/// <summary>
/// Hands out ranges that no other sandbox of this host has. One byte of a file stands for each range; its lock belongs to the open description, which
/// the keeper holds too, so that a range is never free while anything of a dead owner's sandbox may live.
/// </summary>
internal sealed class HostIdRanges(SafeFileHandle lockFile, UserNamespaceFactory factory, IReadOnlyList<(uint First, uint Last)> taken) : IDisposable
{
    private const uint Lowest = 0x20000000;
    private const int Most = 0xD000;
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private readonly Stack<HostIdRange> _free = new();
    private readonly HashSet<int> _held = [];

    /// <summary>The file whose bytes are locked.</summary>
    public SafeFileHandle LockFile => lockFile;

    /// <summary>Ids that other programs of this host may use: users, groups, and the ranges of subuid(5) and subgid(5).</summary>
    public static IReadOnlyList<(uint First, uint Last)> ReadTaken()
    {
        var taken = new List<(uint, uint)>();
        foreach (string file in (string[])["/etc/subuid", "/etc/subgid"])
        {
            foreach (string[] fields in Lines(file))
            {
                if (fields.Length >= 3 && uint.TryParse(fields[1], CultureInfo.InvariantCulture, out uint first)
                    && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out uint count) && count > 0)
                    taken.Add((first, first + count - 1));
            }
        }

        foreach (string file in (string[])["/etc/passwd", "/etc/group"])
        {
            foreach (string[] fields in Lines(file))
            {
                if (fields.Length >= 3 && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out uint id))
                    taken.Add((id, id));
            }
        }

        return taken;
    }

    /// <summary>Takes a free range.</summary>
    /// <exception cref="RuntimeException">`ids-exhausted`.</exception>
    public HostIdRange Take()
    {
        // One for all: in a user namespace of our own there are no ids for a second.
        if (!OwnUserNamespace.IsInitial)
            return new HostIdRange(-1, 1, factory);
        lock (_gate)
        {
            if (_free.TryPop(out HostIdRange? range))
                return range;
            for (int i = 0; i < Most; i++)
            {
                uint first = Lowest + ((uint)i * HostIdRange.Count);
                if (_held.Contains(i) || taken.Any(t => t.First < first + HostIdRange.Count && t.Last >= first) || !FileLock.TryByte(lockFile, i))
                    continue;
                _held.Add(i);
                return new HostIdRange(i, first, factory);
            }
        }

        throw new RuntimeException("ids-exhausted", "Every range of host ids is in use by a sandbox. End some sandboxes and try again.");
    }

    /// <summary>Gives a range back, once nothing of its sandbox lives.</summary>
    public void Return(HostIdRange range)
    {
        if (range.IsShared)
            return;
        lock (_gate)
        {
            if (_free.Count < Kept)
            {
                _free.Push(range);
                return;
            }

            _held.Remove(range.Index);
            FileLock.ReleaseByte(lockFile, range.Index);
            range.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            while (_free.TryPop(out HostIdRange? range))
                range.Dispose();
        }

        lockFile.Dispose();
    }

    private static IEnumerable<string[]> Lines(string file) =>
        File.Exists(file) ? File.ReadLines(file).Where(static l => l.Length > 0 && l[0] != '#').Select(static l => l.Split(':')) : [];
}
