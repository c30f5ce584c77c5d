using Vitrine.Linux;
using Vitrine.Linux.Files;

namespace Vitrine.Guest.Files;

/// <summary>Removes a name, on demand with all beneath it; links are removed, never followed.</summary>
internal static class FileRemoving
{
    /// <summary>Each level holds a descriptor.</summary>
    private const int MaxDepth = 200;

    internal static void Remove(string path, bool recursive)
    {
        (Descriptor parent, string name) = FilePath.OpenParent(path);
        using (parent)
            Remove(parent, name, path, recursive ? MaxDepth : 0);
    }

    private static void Remove(Descriptor parent, string name, string path, int levels)
    {
        int result = DirectoryEntries.RemoveFile(parent, name);
        if (result is 0 or -Errno.ENOENT)
            return;
        if (result is not (-Errno.EISDIR or -Errno.EPERM))
            throw new FileFault("unlinkat", path, -result);
        result = DirectoryEntries.RemoveDirectory(parent, name);
        if (result is 0 or -Errno.ENOENT)
            return;
        if (result != -Errno.ENOTEMPTY || levels == 0)
            throw new FileFault("unlinkat", path, -result);
        using (Descriptor directory = PathWalk.Open(parent, name, OpenMode.Directory | OpenMode.NoFollow, 0, out int errno))
        {
            if (directory.IsInvalid)
                throw new FileFault("openat2", path, errno);
            var names = new List<string>();
            FileFault.Check("getdents64", path, DirectoryEntries.TryReadNames(directory, names));
            foreach (string below in names)
                Remove(directory, below, path + "/" + below, levels - 1);
        }

        FileFault.Check("unlinkat", path, DirectoryEntries.RemoveDirectory(parent, name));
    }
}
