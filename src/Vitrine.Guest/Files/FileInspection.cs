using Vitrine.Linux.Files;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>Says what a file is, links not followed.</summary>
internal static class FileInspection
{
    internal static FileEntry Stat(string path)
    {
        if (path.AsSpan().Trim('/').IsEmpty)
        {
            using Descriptor root = FilePath.Open("/", OpenMode.Place | OpenMode.Directory);
            FileFault.Check("statx", path, FileStatus.TryRead(root.Number, "", followLinks: false, out FileStatus status));
            return Describe(path, status, "");
        }

        (Descriptor parent, string name) = FilePath.OpenParent(path);
        using (parent)
        {
            FileFault.Check("statx", path, TryDescribe(parent, name, path, out FileEntry? entry));
            return entry!;
        }
    }

    /// <summary>Describes a name in a directory.</summary>
    /// <returns>0, or −errno.</returns>
    internal static int TryDescribe(Descriptor directory, string name, string path, out FileEntry? entry)
    {
        entry = null;
        int result = FileStatus.TryRead(directory.Number, name, followLinks: false, out FileStatus status);
        if (result < 0)
            return result;
        string target = "";
        if (status.IsLink)
            _ = PathWalk.TryReadLink(directory, name, out target);
        entry = Describe(path, status, target);
        return 0;
    }

    private static FileEntry Describe(string path, FileStatus status, string target)
    {
        FileType type = status.IsRegular ? FileType.File : status.IsDirectory ? FileType.Directory : status.IsLink ? FileType.Link : FileType.Other;
        ulong modified = status.ModifiedSeconds < 0 ? 0 : ((ulong)status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds;
        return new FileEntry(path, type, status.Size, (ushort)(status.Mode & 0xFFF), status.Uid, status.Gid, modified, target);
    }
}
