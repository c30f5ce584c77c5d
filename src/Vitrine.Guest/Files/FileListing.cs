using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>Lists a directory, each directory's entries in name order, each followed by its own.</summary>
internal static class FileListing
{
    /// <summary>Each level holds a descriptor.</summary>
    private const int MaxDepth = 200;

    /// <param name="path">The directory.</param>
    /// <param name="levels">1 for its own entries only.</param>
    internal static void Run(string path, ulong levels)
    {
        using Descriptor directory = FilePath.Open(path, OpenMode.Directory);
        List(directory, path, "", (int)Math.Min(levels, MaxDepth));
    }

    private static void List(Descriptor directory, string path, string prefix, int levels)
    {
        if (levels <= 0)
            return;
        var names = new List<string>();
        FileFault.Check("getdents64", path, DirectoryEntries.TryReadNames(directory, names));
        foreach (string name in names)
        {
            string relative = prefix + name;
            int result = FileInspection.TryDescribe(directory, name, relative, out FileEntry? entry);
            if (result == -Errno.ENOENT)
                continue; // removed meanwhile
            FileFault.Check("statx", path + "/" + relative, result);
            EntryWriter.Write(entry!);
            if (entry!.Type != FileType.Directory || levels == 1)
                continue;
            using Descriptor below = PathWalk.Open(directory, name, OpenMode.Directory | OpenMode.NoFollow, 0, out int errno);

            // What may not be entered is listed itself, as `ls -R` does.
            if (below.IsInvalid && errno is Errno.EACCES or Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
                continue;
            if (below.IsInvalid)
                throw new FileFault("openat2", path + "/" + relative, errno);
            List(below, path, relative + "/", levels - 1);
        }
    }
}
