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

    private OwnerMark(string id, string path, SafeFileHandle file, SafeFileHandle directoryLock) =>
        (Id, Path, Lock, _directoryLock) = (id, path, file, directoryLock);

    /// <summary>Random id.</summary>
    public string Id { get; }

    /// <summary>Path of the locked file.</summary>
    public string Path { get; }

    /// <summary>The locked file.</summary>
    public SafeFileHandle Lock { get; }

    /// <summary>How the names of this owner's control groups start.</summary>
    public string GroupPrefix => Id + ".";

    /// <summary>Guests of this owner on file: who cleans up after it finds them there where no control group names them.</summary>
    public ProcessRecords Guests => GuestsOf(Path, Id);

    /// <summary>Guests on file of the owner of a mark.</summary>
    public static ProcessRecords GuestsOf(string mark, string id) => new(System.IO.Path.GetFullPath(mark + "/../../guests"), id + ".");

    /// <summary>The directory of the marks.</summary>
    public static string DirectoryIn(string stateDirectory) => stateDirectory + "/owners";

    /// <summary>Makes a mark.</summary>
    public static OwnerMark Create(string stateDirectory)
    {
        string directory = DirectoryIn(stateDirectory);
        Directory.CreateDirectory(directory);

        // Held shared by each owner: who gets it alone knows that there is no other, and may remove what all share.
        SafeFileHandle shared = FileLock.OpenDirectory(directory);
        FileLock.Shared(shared);
        while (true)
        {
            string id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
            string path = $"{directory}/{id}";
            SafeFileHandle file = FileLock.Open(path);

            // Between making and locking, somebody who cleans up may have taken the file for a dead owner's, and removed it.
            if (FileLock.TryExclusive(file) && File.Exists(path))
                return new OwnerMark(id, path, file, shared);
            file.Dispose();
        }
    }

    /// <summary>Removes the mark, and runs an action when no other owner is there.</summary>
    public void Remove(Action whenLast)
    {
        File.Delete(Path);
        Lock.Dispose();
        if (FileLock.TryExclusive(_directoryLock))
            whenLast();
        _directoryLock.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lock.Dispose();
        _directoryLock.Dispose();
    }
}
