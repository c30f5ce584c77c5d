using System.Buffers.Binary;
using System.Text;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>
/// `vitrine-guest files`: one file operation with the workload's identity, filter and Landlock domain, so the kernel judges it as the
/// workload's own.
/// The exit code is 0 or an errno; the sentence is on standard error.
/// </summary>
internal static class FilesMain
{
    internal static int Run()
    {
        try
        {
            Execute(ReadRequest());
            return 0;
        }
        catch (FileFault e)
        {
            return Fail(e.Errno, e.Message);
        }
        catch (LinuxException e)
        {
            return Fail(e.Errno, e.Message);
        }
        catch (ProtocolException e)
        {
            return Fail(Errno.EINVAL, e.Message);
        }
        catch (OutOfMemoryException)
        {
            return Fail(Errno.ENOMEM, "the file operation needs more memory than its helper may use; ask for fewer entries at once");
        }
    }

    private static void Execute(FileRequest request)
    {
        FilePath.Check(request.Path);
        switch (request.Operation)
        {
            case FileOperation.Stat:
                EntryWriter.Write(FileInspection.Stat(request.Path));
                return;
            case FileOperation.List:
                FileListing.Run(request.Path, request.Length);
                return;
            case FileOperation.Read:
                FileReading.Run(request);
                return;
            case FileOperation.Write:
                FileWriting.Run(request);
                return;
            case FileOperation.MakeDirectory:
                FilePath.CheckMode(request.Mode);
                DirectoryMaking.Make(request.Path, request.Mode);
                EntryWriter.Write(FileInspection.Stat(request.Path));
                return;
            case FileOperation.Move:
                FilePath.Check(request.Destination);
                FileMoving.Move(request.Path, request.Destination);
                return;
            case FileOperation.Remove:
                FileRemoving.Remove(request.Path, request.Recursive);
                return;
            case FileOperation.Watch:
                FileWatching.Run(request.Path, request.Recursive);
                return;
            default:
                throw new FileFault(Errno.ENOSYS, "this guest does not know the file operation asked for; use a guest of the host's version");
        }
    }

    /// <summary>The guest puts the request before the host's input: a 32-bit length, then the payload.</summary>
    private static FileRequest ReadRequest()
    {
        Span<byte> head = stackalloc byte[4];
        ReadExactly(head);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is <= 0 or > WireLimits.MaxPayload)
            throw new ProtocolException("the file request has no sensible length");
        var payload = new byte[length];
        ReadExactly(payload);
        var reader = new WireReader(payload);
        var request = FileRequest.Read(ref reader);
        reader.End();
        return request;
    }

    private static void ReadExactly(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = DescriptorIo.Read(0, target);
            if (count <= 0)
                throw new ProtocolException("the file request is cut off");
            target = target[count..];
        }
    }

    private static int Fail(int errno, string message)
    {
        _ = DescriptorIo.WriteAll(2, Encoding.UTF8.GetBytes(message));
        return errno is > 0 and < 256 ? errno : Errno.EIO;
    }
}
