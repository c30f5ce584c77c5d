using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>
/// A connection as Kestrel has it. What comes from inside is read ahead, 64 KiB at most, so that a program that is gone ends its
/// requests. One
/// that only has nothing more to say (half-close) looks the same: without TLS it gets the stall time-out to take its answer, with TLS,
/// where nobody does that, it is gone.
/// </summary>
internal sealed class TerminatedConnection : DefaultConnectionContext, IDuplexPipe
{
    private const int Segment = 16 * 1024;

    private static readonly PipeOptions s_ahead = new(
        MemoryPool<byte>.Shared, pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, minimumSegmentSize: Segment,
        useSynchronizationContext: false);

    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe _ahead = new(s_ahead);
    private readonly ITimer _gone;
    private readonly Stream _stream;
    private readonly TlsEnd? _tls;
    private int _over;

    public TerminatedConnection(InspectedConnection inspected, SessionInspector inspector, TlsEnd? tls)
        : base(Guid.NewGuid().ToString("N"))
    {
        Inspected = inspected;
        Inspector = inspector;
        _tls = tls;
        _stream = tls is null ? inspected.Stream : tls.Stream;
        Output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(MemoryPool<byte>.Shared, Segment, leaveOpen: true));
        Transport = this;
        ConnectionClosed = _closed.Token;
        Features.Set(this);
        _gone = inspected.Session.Clock.CreateTimer(
            static closed => Close((CancellationTokenSource)closed!), _closed, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (tls is null)
            return;
        Features.Set<ITlsConnectionFeature>(tls);
        Features.Set<ITlsHandshakeFeature>(tls);
        Features.Set<ITlsApplicationProtocolFeature>(tls);
    }

    /// <summary>The connection.</summary>
    public InspectedConnection Inspected { get; }

    /// <summary>Its sandbox's.</summary>
    public SessionInspector Inspector { get; }

    public PipeReader Input => _ahead.Reader;

    public PipeWriter Output { get; }

    /// <summary>Has Kestrel serve it, and returns when it is over. What was not aborted ends in order: close_notify, FIN.</summary>
    public async Task RunAsync(ConnectionQueue queue, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource();
        Task reading = ReadAheadAsync(stop.Token);
        try
        {
            queue.Add(this);
            using (cancellationToken.UnsafeRegister(static state => ((TerminatedConnection)state!).Abort(), this))
                await _done.Task.ConfigureAwait(false);
            if (Interlocked.Exchange(ref _over, 1) == 0)
                await EndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _over, 1);
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // Kestrel aborts more than once, and when it is over the stream is no longer ours.
        if (Interlocked.Exchange(ref _over, 1) != 0)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(static closed => Close(closed), _closed, preferLocal: false);
        // A write that waits for the program must not wait any longer.
        Inspected.Stream.Dispose();
    }

    /// <summary>Kestrel is through with it.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (!_done.TrySetResult())
            return;
        await _gone.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static void Close(CancellationTokenSource closed)
    {
        try
        {
            closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_tls is not null)
                await _tls.Stream.ShutdownAsync().ConfigureAwait(false);
            await Inspected.Stream.EndWritingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The program ended it first.
        }
    }

    private async Task ReadAheadAsync(CancellationToken cancellationToken)
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                // Holds no buffer while nothing comes.
                await _stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                int read = await _stream.ReadAsync(_ahead.Writer.GetMemory(4096), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    _gone.Change(_tls is null ? Inspected.Session.Options.StallTimeout : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                    break;
                }

                _ahead.Writer.Advance(read);
                FlushResult flushed = await _ahead.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                if (flushed.IsCompleted)
                    break;
            }
        }
        catch (Exception error)
        {
            fault = new ConnectionResetException("The program inside ended the connection.", error);
            Close(_closed);
        }

        await _ahead.Writer.CompleteAsync(fault).ConfigureAwait(false);
    }
}
