using System.Buffers;
using System.Net.Sockets;

namespace Vitrine.Egress.Proxy;

/// <summary>
/// Carries the bytes of one connection both ways, each direction ending by itself. While nothing comes no buffer is held. Who takes no
/// bytes holds up the other side, not this machine's memory.
/// </summary>
internal sealed class Relay(InsideStream inside, Socket outside, OpenConnection open, RuleMeter meter)
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 64 * 1024;

    /// <summary>A socket keeps a reference to what it sent last: this much may stay with an idle connection.</summary>
    private const int LargestOut = 32 * 1024;

    /// <summary>Runs until both directions have ended, or the connection is closed.</summary>
    /// <param name="firstOut">Bytes from inside that were read already.</param>
    /// <param name="firstIn">Bytes from outside that were read already.</param>
    /// <returns>How it ended.</returns>
    public async Task<string> RunAsync(ReadOnlyMemory<byte> firstOut, ReadOnlyMemory<byte> firstIn)
    {
        open.IsWatched = true;
        await Task.WhenAll(EndAsync(OutAsync(firstOut)), EndAsync(InAsync(firstIn))).ConfigureAwait(false);
        // What did not end in order is reset, not ended: the other side must not take half of it for the whole.
        if (open.Reason is not null)
            outside.LingerState = new LingerOption(true, 0);
        return open.Reason ?? "closed";
    }

    private async Task EndAsync(Task direction)
    {
        try
        {
            await direction.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // One direction's fault ends both; which exception it was depends on who noticed first.
            open.Close("reset");
        }
    }

    private async Task OutAsync(ReadOnlyMemory<byte> first)
    {
        if (!first.IsEmpty)
            await SendOutAsync(first).ConfigureAwait(false);
        int size = SmallBuffer;
        while (true)
        {
            await inside.ReadAsync(Memory<byte>.Empty, open.Closing).ConfigureAwait(false);
            int step = Math.Min(size, meter.Step);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                int read = await inside.ReadAsync(buffer.AsMemory(0, step), open.Closing).ConfigureAwait(false);
                if (read == 0)
                    break;
                await SendOutAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                size = read == size ? Math.Min(size * 4, LargestOut) : SmallBuffer;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        outside.Shutdown(SocketShutdown.Send);
    }

    private async Task InAsync(ReadOnlyMemory<byte> first)
    {
        if (!first.IsEmpty)
            await SendInAsync(first).ConfigureAwait(false);
        while (true)
        {
            if (outside.Available == 0)
                await outside.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, open.Closing).ConfigureAwait(false);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
            try
            {
                int read = await outside.ReceiveAsync(buffer.AsMemory(0, Math.Min(LargeBuffer, meter.Step)), SocketFlags.None, open.Closing)
                    .ConfigureAwait(false);
                if (read == 0)
                    break;
                await SendInAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        await inside.EndWritingAsync(open.Closing).ConfigureAwait(false);
    }

    private async Task SendOutAsync(ReadOnlyMemory<byte> bytes)
    {
        int allowed = await TakeAsync(bytes.Length).ConfigureAwait(false);
        open.WaitOut(true);
        for (ReadOnlyMemory<byte> left = bytes[..allowed]; !left.IsEmpty;)
            left = left[await outside.SendAsync(left, SocketFlags.None, open.Closing).ConfigureAwait(false)..];
        open.WaitOut(false);
        open.CountOut(allowed);
        CloseIfSpent(allowed, bytes.Length);
    }

    private async Task SendInAsync(ReadOnlyMemory<byte> bytes)
    {
        int allowed = await TakeAsync(bytes.Length).ConfigureAwait(false);
        open.WaitIn(true);
        if (allowed > 0)
            await inside.WriteAsync(bytes[..allowed], open.Closing).ConfigureAwait(false);
        open.WaitIn(false);
        open.CountIn(allowed);
        CloseIfSpent(allowed, bytes.Length);
    }

    private async ValueTask<int> TakeAsync(int bytes)
    {
        int allowed = meter.Take(bytes);
        await meter.PaceAsync(allowed, open.Closing).ConfigureAwait(false);
        return allowed;
    }

    private void CloseIfSpent(int allowed, int asked)
    {
        if (allowed == asked)
            return;
        open.Close("budget");
        open.Closing.ThrowIfCancellationRequested();
    }
}
