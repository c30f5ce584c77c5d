using System.Formats.Tar;

namespace Vitrine.Policy.Host;

/// <summary>
/// Kind and owner of a file. System.IO tells neither; the archive writer of the same library does, since it puts both into an entry's
/// header. The
/// header is taken and the content never copied. (This project makes no system calls of its own.)
/// </summary>
internal static class FileStatus
{
    public static HostPath Read(string realPath)
    {
        var header = new TarHeaderStream();
        try
        {
            using var writer = new TarWriter(header, TarEntryFormat.Gnu, leaveOpen: true);
            writer.WriteEntry(realPath, "x");
        }
        catch (TarHeaderStream.CompleteException)
        {
            // The content begins here, and nobody needs it.
        }
        catch (UnauthorizedAccessException)
        {
            return new HostPath(realPath, Directory.Exists(realPath)
                ? HostPathKind.Directory : HostPathKind.File)
            { Error = "may not be read" };
        }
        catch (IOException) when (!header.IsComplete && Path.Exists(realPath))
        {
            // Of all kinds of inode(7), an archive has no entry for a socket alone.
            return new HostPath(realPath, HostPathKind.Socket);
        }

        return header.IsComplete
            ? new HostPath(realPath, header.Kind) { Owner = new HostOwner(header.Uid, header.Gid) }
            : new HostPath(realPath, HostPathKind.Missing) { Error = "cannot be looked at" };
    }
}
