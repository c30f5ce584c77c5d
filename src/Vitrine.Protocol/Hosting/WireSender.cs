using System.Buffers;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The one send loop. Whoever has something to send and finds the loop idle runs it himself for a few turns, so that a frame leaves without
/// a
/// change of thread; the lock covers the composing of a batch, never its writing. Order of a batch: control frames and credit, then
/// data of the channels in turn.
/// </summary>
internal sealed class WireSender(Stream wire, Action<Exception> broken, CancellationToken stop)
{
    /// <summary>Bytes of control frames from which on callers wait for room.</summary>
    public const int MaxQueued = 256 * 1024;

    /// <summary>Bytes of control frames from which on even answers to the guest find no room: it asks without reading.</summary>
    public const int MaxQueuedReplies = 512 * 1024;

    // Two largest frames: a write of 64 KiB is one frame and eight bytes of a second.
    private const int BatchSize = 2 * (WireLimits.HeaderSize + WireLimits.MaxPayload);
    private const int LeastChunk = 1024;
    private const int TurnsOfCaller = 4;
    private readonly Lock _gate = new();
    private readonly Queue<InboundStream> _credits = new();
    private readonly Queue<OutboundStream> _ready = new();
    private OutgoingBytes _control;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private GuestClosedException? _closed;
    private bool _sending;

    /// <summary>Guards each <see cref="OutboundStream"/>'s state, too.</summary>
    public Lock Gate => _gate;

    /// <summary>
    /// Queues a control frame that the host's own bounds keep few; false when the wire is closed. <see cref="Pump"/> sends it.
    /// </summary>
    public bool TryPost(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_closed is not null)
                return false;
            _control.Add(header, payload);
            return true;
        }
    }

    /// <summary>Queues an answer to what the guest asked for; false when it asks faster than it reads.</summary>
    public bool TryReply(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_closed is not null)
                return true;
            if (_control.Count >= MaxQueuedReplies)
                return false;
            _control.Add(header, payload);
        }

        Pump();
        return true;
    }

    /// <summary>Waits until control frames have room again; complete at once when they have. Throws when the wire is closed.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_closed is not null)
                throw new GuestClosedException(_closed.GoAway);
            if (_control.Count < MaxQueued)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Sends the credit that waits at <paramref name="stream"/>.</summary>
    public void CreditDue(InboundStream stream)
    {
        lock (_gate)
        {
            if (_closed is not null || stream.IsCreditQueued)
                return;
            stream.IsCreditQueued = true;
            _credits.Enqueue(stream);
        }

        Pump();
    }

    /// <summary>Called under <see cref="Gate"/>: the stream takes its turn when it has something that may be sent.</summary>
    public void Schedule(OutboundStream stream)
    {
        if (_closed is not null || stream.IsScheduled || !stream.HasWork)
            return;
        stream.IsScheduled = true;
        _ready.Enqueue(stream);
    }

    /// <summary>Sends what is queued, unless someone is at it. Never call it holding a lock.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            if (_sending || !HasWork)
                return;
            _sending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Takes no more, ends every wait, and sends <paramref name="last"/> behind the control frames that are queued.</summary>
    public void Close(GuestClosedException reason, GoAway? last)
    {
        lock (_gate)
        {
            if (_closed is not null)
                return;
            _closed = reason;
            _credits.Clear();
            _ready.Clear();
            _room?.TrySetResult();
            if (last is not null)
            {
                var writer = new WireWriter();
                last.Write(writer);
                _control.Add(FrameHeader.Control(FrameType.GoAway, writer.Written.Length), writer.Written);
            }
        }

        Pump();
    }

    /// <summary>Completes when nothing is being sent.</summary>
    public Task WhenIdle()
    {
        lock (_gate)
        {
            if (!_sending)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private bool HasWork => _control.Count > 0 || _credits.Count > 0 || _ready.Count > 0;

    private async Task SendAsync()
    {
        byte[] batch = ArrayPool<byte>.Shared.Rent(BatchSize);
        try
        {
            for (int turn = 1; ; turn++)
            {
                int count;
                lock (_gate)
                {
                    count = Compose(batch.AsSpan(0, BatchSize));
                    if (count == 0)
                    {
                        _sending = false;
                        _idle?.TrySetResult();
                        return;
                    }
                }

                await wire.WriteAsync(batch.AsMemory(0, count), stop).ConfigureAwait(false);
                await wire.FlushAsync(stop).ConfigureAwait(false);

                // The caller whose thread this is has sent enough for the others.
                if (turn == TurnsOfCaller)
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _control.Clear();
                _credits.Clear();
                _ready.Clear();
                _sending = false;
                _idle?.TrySetResult();
            }

            broken(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }

    private int Compose(Span<byte> batch)
    {
        // Control frames that do not all fit fill the batch to its end: nothing gets between the halves of a frame.
        int at = _control.Drain(batch);
        if (_room is not null && _control.Count < MaxQueued)
        {
            _room.TrySetResult();
            _room = null;
        }

        while (batch.Length - at >= WireLimits.HeaderSize + StreamCredit.Size && _credits.TryDequeue(out InboundStream? stream))
            at += stream.WriteCredit(batch[at..]);
        while (batch.Length - at >= LeastChunk && _ready.TryDequeue(out OutboundStream? stream))
        {
            at += stream.WriteFrame(batch[at..]);
            Schedule(stream);
        }

        return at;
    }
}
