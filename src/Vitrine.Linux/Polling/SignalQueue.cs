using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Polling;

/// <summary>
/// Signals read as data (signalfd(2)). Sound only in a process that was started with them blocked: the .NET runtime's own thread inherits
/// the mask
/// of the first one, and a signal delivered to a thread that does not block it is lost.
/// </summary>
public sealed unsafe class SignalQueue : IDisposable
{
    private readonly Descriptor _queue;

    /// <summary>Blocks <paramref name="signal"/> in this thread and queues it.</summary>
    /// <exception cref="LinuxException">No descriptors are left.</exception>
    public SignalQueue(int signal)
    {
        byte* set = stackalloc byte[128]; // sigset_t of the C library
        new Span<byte>(set, 128).Clear();
        *(ulong*)set = SignalSet.Of(signal);
        ProcessCalls.SignalMask(0, set, null); // SIG_BLOCK
        int fd = ProcessCalls.SignalDescriptor(-1, set, OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK);
        _queue = fd >= 0 ? new Descriptor(fd) : throw new LinuxException("signalfd", "", Marshal.GetLastPInvokeError());
    }

    /// <summary>The descriptor to wait for.</summary>
    public int Number => _queue.Number;

    /// <summary>Empties the queue. Several signals of a number may have become one: ask what happened, do not count.</summary>
    public void Drain()
    {
        Span<byte> buffer = stackalloc byte[128 * 4];
        while (DescriptorIo.Read(_queue.Number, buffer) > 0)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();
}
