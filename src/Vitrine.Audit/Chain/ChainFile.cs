using Microsoft.Win32.SafeHandles;

namespace Vitrine.Audit.Chain;

/// <summary>A chain's file, held open and locked: bytes go to its end, all of them or none. Not safe for several threads.</summary>
internal sealed class ChainFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // errno(3): the ways in which a place has no room.
    private const int Efbig = 27;
    private const int Enospc = 28;
    private const int Edquot = 122;

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly SafeFileHandle gate;
    private long length;

    private ChainFile(string path, SafeFileHandle file, SafeFileHandle gate)
    {
        this.path = path;
        this.file = file;
        this.gate = gate;
        length = RandomAccess.GetLength(file);
    }

    /// <summary>Opens and locks. Null when another process holds it.</summary>
    public static ChainFile? TryOpen(AuditLayout layout, string writer)
    {
        SafeFileHandle? held = null;
        string chain = layout.Chain(writer);
        try
        {
            held = TryLock(layout.Lock(writer));
            if (held is null)
                return null;
            bool isNew = !File.Exists(chain);
            SafeFileHandle lines = File.OpenHandle(chain, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (isNew)
                File.SetUnixFileMode(lines, OwnerOnly);
            return new ChainFile(chain, lines, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw Failed("opened", chain, e);
        }
    }

    /// <summary>How the file ends.</summary>
    public ChainTail ReadTail()
    {
        try
        {
            return ChainTail.Read(file);
        }
        catch (FormatException e)
        {
            throw new AuditException("audit-broken", $"{path} is no audit chain: {e.Message}. Move it away with its head, keep it as evidence, and start again.", e);
        }
    }

    /// <summary>Writes at the end. When it throws, nothing of it is in the file, or the file cannot be used any more (<paramref name="isBroken"/>).</summary>
    public void Append(ReadOnlySpan<byte> bytes, out bool isBroken)
    {
        isBroken = true;
        if (RandomAccess.GetLength(file) != length)
            throw new AuditException("audit-broken", $"{path} was changed by another program while it was being written. Run: vitrine audit verify");
        try
        {
            RandomAccess.Write(file, bytes, length);
            length += bytes.Length;
            isBroken = false;
        }
        catch (IOException e)
        {
            // A full disk takes part of a line. Cutting it off frees space, so it works where writing does not.
            RandomAccess.SetLength(file, length);
            isBroken = false;
            throw Failed("written", path, e);
        }
    }

    /// <summary>Waits until everything is on the disk (fsync(2)), and sees that the file is still the one at its path.</summary>
    public void Flush()
    {
        RandomAccess.FlushToDisk(file);
        long expected = Volatile.Read(ref length);
        var now = new FileInfo(path);
        if (!now.Exists || now.Length < expected)
            throw new AuditException("audit-broken", $"{path} was removed or replaced while it was being written. Run: vitrine audit verify");
    }

    /// <summary>Closes the file, then gives the lock back.</summary>
    public void Dispose()
    {
        file.Dispose();
        gate.Dispose();
    }

    /// <summary>The sentence for what an input or output call said.</summary>
    internal static AuditException Failed(string verb, string path, Exception e) => e.HResult is Enospc or Edquot or Efbig
        ? new AuditException("audit-full", $"{path} cannot be {verb}: no room is left there. Nothing new is started without a trail; free space, or name another place with VITRINE_DATA_DIR.", e)
        : new AuditException("audit-unwritable", $"{path} cannot be {verb}: {e.Message} Nothing new is started without a trail; mend it, or name another place with VITRINE_DATA_DIR.", e);

    private static SafeFileHandle? TryLock(string path)
    {
        const int wouldBlock = 11;
        try
        {
            // FileShare.None is flock(2) LOCK_EX | LOCK_NB: the kernel gives it back when the process ends, however it ends.
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == wouldBlock)
        {
            return null;
        }
    }
}
