using Vitrine.Linux;
using Vitrine.Linux.Files;

namespace Vitrine.Guest.Files;

/// <summary>Makes directories. One that is there already is as good.</summary>
internal static class DirectoryMaking
{
    private const ushort ParentMode = 0b111_101_101;

    internal static void Make(string path, ushort mode)
    {
        MakeParents(path);
        (Descriptor parent, string name) = FilePath.OpenParent(path);
        using (parent)
            MakeOne(parent, name, path, mode);
    }

    internal static void MakeParents(string path)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        if (slash <= 0)
            return;
        string parents = trimmed[..slash];
        Descriptor there = PathWalk.Open(null, parents, OpenMode.Place | OpenMode.Directory, 0, out int errno);
        there.Dispose();
        if (errno == 0)
            return;
        if (errno != Errno.ENOENT)
            throw new FileFault("openat2", parents, errno);
        Make(parents, ParentMode);
    }

    private static void MakeOne(Descriptor parent, string name, string path, ushort mode)
    {
        int result = DirectoryEntries.MakeDirectory(parent, name, mode);
        if (result == -Errno.EEXIST)
        {
            using Descriptor there = PathWalk.Open(parent, name, OpenMode.Place | OpenMode.Directory, 0, out int errno);
            if (errno == 0)
                return;
        }

        FileFault.Check("mkdirat", path, result);
    }
}
