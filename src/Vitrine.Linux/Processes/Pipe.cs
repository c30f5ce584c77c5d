using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Processes;

/// <summary>A pipe(7), both ends close-on-exec.</summary>
public sealed class Pipe : IDisposable
{
    /// <summary>Makes a pipe.</summary>
    public unsafe Pipe()
    {
        int* fds = stackalloc int[2];
        if (ProcessCalls.pipe2(fds, ProcessCalls.O_CLOEXEC) < 0)
            throw LinuxException.Last("pipe2", "");
        (Reader, Writer) = (ProcessCalls.Own(fds[0]), ProcessCalls.Own(fds[1]));
    }

    /// <summary>The end to read from.</summary>
    public SafeFileHandle Reader { get; }

    /// <summary>The end to write to.</summary>
    public SafeFileHandle Writer { get; private set; }

    /// <summary>Takes the writing end out: the caller closes it.</summary>
    public SafeFileHandle TakeWriter()
    {
        SafeFileHandle writer = Writer;
        Writer = new SafeFileHandle(-1, false);
        return writer;
    }

    /// <summary>Reads what is there, without waiting on a thread of the pool.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Reactor.Shared.ReadableAsync(Reader, cancellationToken).ConfigureAwait(false);
        return RawIo.Read(Reader, buffer.Span, "pipe");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
