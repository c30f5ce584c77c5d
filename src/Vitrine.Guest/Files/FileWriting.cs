using System.Globalization;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>
/// Takes a file's content from standard input. In place, it writes over what is there; otherwise into a new file beside it that takes the
/// name in one
/// step, so that a reader sees the old content or the new, and a link is replaced rather than followed.
/// </summary>
internal static class FileWriting
{
    internal static void Run(FileRequest request)
    {
        FilePath.CheckMode(request.Mode);
        if (request.Offset > long.MaxValue)
            throw new FileFault(Errno.EINVAL, "the offset is beyond what a file can hold");
        if (request.Recursive)
            DirectoryMaking.MakeParents(request.Path);
        if (request.InPlace)
            WriteInPlace(request);
        else
            Replace(request);
        EntryWriter.Write(FileInspection.Stat(request.Path));
    }

    private static void WriteInPlace(FileRequest request)
    {
        using Descriptor file = FilePath.OpenRegular(request.Path, OpenMode.Write | OpenMode.Create, request.Mode);
        Copy(file, request);
    }

    private static void Replace(FileRequest request)
    {
        (Descriptor parent, string name) = FilePath.OpenParent(request.Path);
        using (parent)
        {
            ushort mode = request.Mode;
            if (FileStatus.TryRead(parent.Number, name, followLinks: false, out FileStatus old) == 0)
            {
                if (old.IsDirectory)
                    throw new FileFault("openat2", request.Path, Errno.EISDIR);
                if (old.IsRegular)
                    mode = (ushort)(old.Mode & 0b111_111_111);
            }

            // One per process: a file of that name is a leftover of an operation that was killed.
            string temporary = ".vitrine-" + ProcessHardening.Pid.ToString(CultureInfo.InvariantCulture) + ".part";
            _ = DirectoryEntries.RemoveFile(parent, temporary);
            using Descriptor file = PathWalk.Open(parent, temporary, OpenMode.Write | OpenMode.Create | OpenMode.Exclusive | OpenMode.NoFollow, mode, out int errno);
            if (file.IsInvalid)
                throw new FileFault("openat2", request.Path, errno);
            try
            {
                Copy(file, request);
                FileFault.Check("renameat2", request.Path, DirectoryEntries.Rename(parent, temporary, parent, name, replace: true));
            }
            catch (FileFault)
            {
                _ = DirectoryEntries.RemoveFile(parent, temporary);
                throw;
            }
        }
    }

    private static void Copy(Descriptor file, FileRequest request)
    {
        if (request.Offset > 0)
            FileFault.Check("lseek", request.Path, DirectoryEntries.Seek(file, (long)request.Offset));
        var buffer = new byte[64 * 1024];
        while (true)
        {
            int count = DescriptorIo.Read(0, buffer);
            FileFault.Check("read", "standard input", count);
            if (count == 0)
                return;
            FileFault.Check("write", request.Path, DescriptorIo.WriteAll(file.Number, buffer.AsSpan(0, count)));
        }
    }
}
