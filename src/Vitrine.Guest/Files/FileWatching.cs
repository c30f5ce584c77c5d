using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>
/// Tells changes below a directory until it is killed. The first event is <see cref="FileChange.Overflow"/> with an empty path: the watch
/// stands, and who wants to miss nothing lists now.
/// </summary>
internal static class FileWatching
{
    internal static void Run(string path, bool recursive)
    {
        using var watch = new DirectoryWatch();
        var paths = new Dictionary<int, string>();
        using (Descriptor directory = FilePath.Open(path, OpenMode.Directory))
            Add(watch, paths, directory, "", recursive, tellExisting: false);
        EntryWriter.Write(new FileEvent("", FileChange.Overflow));
        var changes = new List<DirectoryChange>();
        while (paths.Count > 0)
        {
            FileFault.Check("read", "inotify", watch.Read(changes));
            foreach (DirectoryChange change in changes)
                Tell(change, watch, paths, path, recursive);
        }
    }

    private static void Tell(DirectoryChange change, DirectoryWatch watch, Dictionary<int, string> paths, string root, bool recursive)
    {
        if ((change.Mask & DirectoryWatch.Overflow) != 0)
        {
            EntryWriter.Write(new FileEvent("", FileChange.Overflow));
            return;
        }

        if (!paths.TryGetValue(change.Watch, out string? prefix))
            return;
        if ((change.Mask & DirectoryWatch.Ignored) != 0)
        {
            paths.Remove(change.Watch);
            return;
        }

        string relative = prefix + change.Name;
        if (Kind(change.Mask) is { } kind)
            EntryWriter.Write(new FileEvent(relative, kind));
        bool appeared = (change.Mask & (DirectoryWatch.Created | DirectoryWatch.MovedTo)) != 0 && (change.Mask & DirectoryWatch.IsDirectory) != 0;
        if (!recursive || !appeared)
            return;
        using Descriptor directory = PathWalk.Open(null, root + "/" + relative, OpenMode.Directory | OpenMode.NoFollow, 0, out int errno);

        // What was made in it before the watch stood would never be told otherwise.
        if (errno == 0)
            Add(watch, paths, directory, relative + "/", recursive, tellExisting: true);
    }

    private static FileChange? Kind(uint mask) => mask switch
    {
        _ when (mask & DirectoryWatch.Created) != 0 => FileChange.Created,
        _ when (mask & DirectoryWatch.Written) != 0 => FileChange.Written,
        _ when (mask & DirectoryWatch.Removed) != 0 => FileChange.Removed,
        _ when (mask & DirectoryWatch.Moved) != 0 => FileChange.Renamed,
        _ when (mask & DirectoryWatch.Attributes) != 0 => FileChange.Attributes,
        _ => null,
    };

    private static void Add(DirectoryWatch watch, Dictionary<int, string> paths, Descriptor directory, string prefix, bool recursive, bool tellExisting)
    {
        int number = watch.Add(directory);
        FileFault.Check("inotify_add_watch", prefix, number);
        paths[number] = prefix;
        if (!recursive)
            return;
        var names = new List<string>();
        FileFault.Check("getdents64", prefix, DirectoryEntries.TryReadNames(directory, names));
        foreach (string name in names)
        {
            if (tellExisting)
                EntryWriter.Write(new FileEvent(prefix + name, FileChange.Created));
            using Descriptor below = PathWalk.Open(directory, name, OpenMode.Directory | OpenMode.NoFollow, 0, out int errno);
            if (errno is Errno.ENOTDIR or Errno.ELOOP or Errno.ENOENT or Errno.EACCES)
                continue;
            FileFault.Check("openat2", prefix + name, -errno);
            Add(watch, paths, below, prefix + name + "/", recursive, tellExisting);
        }
    }
}
