namespace Vitrine.Protocol.Tests.Fuzz;

/// <summary>
/// A wire whose guest says what it is given, in pieces of random size, and then ends; what the host sends is counted and dropped.
/// </summary>
internal sealed class ReplayStream(Random pieces) : Stream
{
    private readonly TaskCompletionSource _go = new();
    private ReadOnlyMemory<byte> _first;
    private ReadOnlyMemory<byte> _rest;

    public long Sent { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Begin(ReadOnlyMemory<byte> ready) => _first = ready;

    public void Go(ReadOnlyMemory<byte> rest)
    {
        _rest = rest;
        _go.SetResult();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_first.Length > 0)
        {
            int count = _first.Length;
            _first.CopyTo(buffer);
            _first = default;
            return count;
        }

        await _go.Task;
        int piece = Math.Min(Math.Min(buffer.Length, _rest.Length), pieces.Next(3) == 0 ? pieces.Next(1, 20) : pieces.Next(1, 70_000));
        _rest[..piece].CopyTo(buffer);
        _rest = _rest[piece..];
        return piece;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Sent += buffer.Length;
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
