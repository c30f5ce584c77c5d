using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>Bytes outside the managed heap. Pages cost memory only once touched, and can be given back.</summary>
public sealed unsafe class MappedBuffer : IDisposable
{
    private nint _start;

    /// <summary>Maps <paramref name="length"/> bytes, all zero.</summary>
    /// <exception cref="LinuxException">No memory.</exception>
    public MappedBuffer(int length)
    {
        _start = ProcessCalls.MemoryMap(0, length, protection: 3, flags: 0x22, fd: -1, offset: 0); // PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS
        if (_start == -1)
            throw new LinuxException("mmap", "", Marshal.GetLastPInvokeError());
        Length = length;
    }

    /// <summary>Bytes mapped.</summary>
    public int Length { get; }

    /// <summary>The bytes; must not be used after <see cref="Dispose"/>.</summary>
    public Span<byte> Span => new((void*)_start, Length);

    internal byte* Pointer => (byte*)_start;

    /// <summary>Gives the pages back to the kernel; they read as zero afterwards (MADV_DONTNEED).</summary>
    public void Discard() => ProcessCalls.MemoryAdvise(_start, Length, 4);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start == 0)
            return;
        ProcessCalls.MemoryUnmap(_start, Length);
        _start = 0;
    }
}
