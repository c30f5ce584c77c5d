using Vitrine.Linux;
using Vitrine.Linux.Files;

namespace Vitrine.Guest.Files;

/// <summary>Renames without replacing.</summary>
internal static class FileMoving
{
    internal static void Move(string from, string to)
    {
        (Descriptor fromParent, string fromName) = FilePath.OpenParent(from);
        using (fromParent)
        {
            (Descriptor toParent, string toName) = FilePath.OpenParent(to);
            using (toParent)
            {
                int result = DirectoryEntries.Rename(fromParent, fromName, toParent, toName, replace: false);
                if (result == -Errno.EXDEV)
                    throw new FileFault(Errno.EXDEV, "renameat2(" + from + "): it is on another file system than " + to + "; read and write it instead");
                FileFault.Check("renameat2", result == -Errno.EEXIST ? to : from, result);
            }
        }
    }
}
