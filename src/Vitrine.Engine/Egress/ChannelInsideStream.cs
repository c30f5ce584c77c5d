using Vitrine.Egress;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Engine.Egress;

/// <summary>
/// The bytes of an accepted connection: read from the channel's output, written to its input. Disposed before the writing ended, the program's
/// connection is reset; afterwards what was written still reaches it, for a while.
/// </summary>
internal sealed class ChannelInsideStream(GuestChannel channel, TimeProvider clock) : InsideStream
{
    /// <summary>How long a program that takes the last bytes slowly is waited for, once both directions have ended.</summary>
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(60);

    /// <summary>How long one that goes on sending to nobody is.</summary>
    private static readonly TimeSpan OneSided = TimeSpan.FromSeconds(10);

    private bool _readEnd;
    private bool _writeEnd;
    private int _disposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await channel.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _readEnd |= count == 0 && !buffer.IsEmpty;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        channel.Input.WriteAsync(buffer, cancellationToken);

    public override async ValueTask EndWritingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _writeEnd = true;
        await channel.Input.DisposeAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        EndOnce();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            EndOnce();
        base.Dispose(disposing);
    }

    private void EndOnce()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _ = _writeEnd ? LingerAsync() : channel.DisposeAsync().AsTask();
    }

    /// <summary>A reset now would take back bytes that wait inside, as close(2) does not either.</summary>
    private async Task LingerAsync()
    {
        await channel.Output.DisposeAsync().ConfigureAwait(false);
        await channel.Completed.WaitAsync(_readEnd ? LastBytes : OneSided, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await channel.DisposeAsync().ConfigureAwait(false);
    }
}
