using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>A pipe (pipe2(2)), both ends blocking until told otherwise.</summary>
/// <param name="Reader">The end to read.</param>
/// <param name="Writer">The end to write.</param>
public readonly record struct Pipe(Descriptor Reader, Descriptor Writer)
{
    /// <summary>Makes a pipe owned by the calling thread's file system uid.</summary>
    /// <exception cref="LinuxException">No descriptors are left.</exception>
    public static unsafe Pipe Create()
    {
        int* ends = stackalloc int[2];
        if (FileCalls.Pipe2(ends, OpenFlags.O_CLOEXEC) != 0)
            throw new LinuxException("pipe2", "", Marshal.GetLastPInvokeError());
        return new Pipe(new Descriptor(ends[0]), new Descriptor(ends[1]));
    }
}
