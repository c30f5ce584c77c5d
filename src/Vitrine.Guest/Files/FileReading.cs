using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>Sends a range of a regular file.</summary>
internal static class FileReading
{
    internal static void Run(FileRequest request)
    {
        if (request.Offset > long.MaxValue)
            throw new FileFault(Errno.EINVAL, "the offset is beyond what a file can hold");
        using Descriptor file = FilePath.OpenRegular(request.Path, OpenMode.Read);
        FileFault.Check("lseek", request.Path, DirectoryEntries.Seek(file, (long)request.Offset));
        var buffer = new byte[64 * 1024];
        ulong left = request.Length;
        while (left > 0)
        {
            int count = DescriptorIo.Read(file.Number, buffer.AsSpan(0, (int)Math.Min((ulong)buffer.Length, left)));
            FileFault.Check("read", request.Path, count);
            if (count == 0)
                return;
            FileFault.Check("write", "standard output", DescriptorIo.WriteAll(1, buffer.AsSpan(0, count)));
            left -= (ulong)count;
        }
    }
}
