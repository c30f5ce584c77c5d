using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Paths;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci.Ownership;

/// <summary>
/// The mark of one owner of sandboxes: a locked file named by a random id, which the names of its control groups start with. The lock is shared with
/// every runtime process the owner starts, so it is free only when the owner and all of them are gone: a process id proves nothing, it may be another's.
/// </summary>
internal sealed class OwnerMark : IDisposable
{
    private readonly SafeFileHandle _directoryLock;
    private SafeFileHandle? _file;

    private OwnerMark(string id, string path, SafeFileHandle directoryLock) => (Id, Path, _directoryLock) = (id, path, directoryLock);

    /// <summary>Random id.</summary>
    public string Id { get; }

    /// <summary>Path of the locked file.</summary>
    public string Path { get; }

    /// <summary>The locked file.</summary>
    public SafeFileHandle Lock => _file ?? throw new InvalidOperationException("the mark is not made yet");

    /// <summary>How the names of this owner's control groups start.</summary>
    public string GroupPrefix => Id + ".";

    /// <summary>Guests of this owner on file: who cleans up after it finds them there where no control group names them.</summary>
    public ProcessRecords Guests => GuestsOf(Path, Id);

    /// <summary>Guests on file of the owner of a mark.</summary>
    public static ProcessRecords GuestsOf(string mark, string id) => new(System.IO.Path.GetFullPath(mark + "/../../guests"), id + ".");

    /// <summary>The directory of the marks.</summary>
    public static string DirectoryIn(string stateDirectory) => stateDirectory + "/owners";

    /// <summary>Chooses a mark; nothing of it exists before <see cref="Make"/>, so that who guards it can be there first.</summary>
    public static OwnerMark Choose(string stateDirectory)
    {
        string directory = DirectoryIn(stateDirectory);
        Directory.CreateDirectory(directory);

        // Held shared by each owner: who gets it alone knows that there is no other, and may remove what all share.
        SafeFileHandle shared = FileLock.OpenDirectory(directory);
        FileLock.Shared(shared);
        string id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
        return new OwnerMark(id, $"{directory}/{id}", shared);
    }

    /// <summary>Makes the file and locks it.</summary>
    public void Make()
    {
        while (true)
        {
            SafeFileHandle file = FileLock.Open(Path);

            // Between making and locking, somebody who cleans up may have taken the file for a dead owner's, and removed it.
            if (FileLock.TryExclusive(file) && File.Exists(Path))
            {
                _file = file;
                return;
            }

            file.Dispose();
        }
    }

    /// <summary>Removes the file while the guard is still there; the lock stays.</summary>
    public void Forget() => File.Delete(Path);

    /// <summary>Removes the mark, and runs an action when no other owner is there.</summary>
    public void Remove(Action whenLast)
    {
        Forget();
        _file?.Dispose();
        if (FileLock.TryExclusive(_directoryLock))
            whenLast();
        _directoryLock.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _directoryLock.Dispose();
    }
}
