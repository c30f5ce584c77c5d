using System.Runtime.InteropServices;

namespace Vitrine.Linux.Terminals;

/// <summary>
/// One of this process's standard streams as plain read(2) and write(2). Unlike the console's own stream it says when the reader is gone,
/// and
/// unlike a file stream it keeps no offset of its own, so that two writers to one file do not overwrite each other.
/// </summary>
public sealed class StandardStream : Stream
{
    private readonly int _descriptor;

    private StandardStream(int descriptor) => _descriptor = descriptor;

    /// <summary>Standard input.</summary>
    public static StandardStream Input() => new(0);

    /// <summary>Standard output.</summary>
    public static StandardStream Output() => new(1);

    /// <summary>Standard error.</summary>
    public static StandardStream Error() => new(2);

    /// <inheritdoc/>
    public override bool CanRead => _descriptor == 0;

    /// <inheritdoc/>
    public override bool CanWrite => _descriptor != 0;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Blocks until there are bytes or the end.</summary>
    /// <exception cref="IOException">The kernel refused; a terminal that was closed reads as the end.</exception>
    public override unsafe int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint got;
            fixed (byte* start = buffer)
                got = TerminalNative.Read(_descriptor, start, (nuint)buffer.Length);
            if (got >= 0)
                return (int)got;
            int error = Marshal.GetLastPInvokeError();
            if (error == EIO)
                return 0;
            Recover(error, "read", TerminalNative.POLLIN);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Blocks until all is written.</summary>
    /// <exception cref="BrokenPipeException">Whoever read it is gone (EPIPE, or EIO of a closed terminal).</exception>
    /// <exception cref="IOException">The kernel refused.</exception>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint put;
            fixed (byte* start = buffer)
                put = TerminalNative.Write(_descriptor, start, (nuint)buffer.Length);
            if (put >= 0)
            {
                buffer = buffer[(int)put..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error is EPIPE or EIO)
                throw new BrokenPipeException($"write({_descriptor}): {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
            Recover(error, "write", TerminalNative.POLLOUT);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private const int EIO = 5;
    private const int EPIPE = 32;

    /// <summary>A stream shared with another process may be O_NONBLOCK: that one wanted it, we wait.</summary>
    private void Recover(int error, string call, short events)
    {
        if (error == TerminalNative.EINTR)
            return;
        if (error != TerminalNative.EAGAIN)
            throw new IOException($"{call}({_descriptor}): {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
        var entry = new TerminalNative.PollEntry { Descriptor = _descriptor, Events = events };
        _ = TerminalNative.Poll(ref entry, 1, -1);
    }
}
