namespace Vitrine.Protocol.Hosting;

/// <summary>A stream of a channel: asynchronous, without position, one way. What a side cannot do throws.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException(
            "a channel is read with ReadAsync only, and only its outputs: waiting for the guest would block the thread");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException(
            "a channel is written with WriteAsync only, and only its input: waiting for credit would block the thread");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
