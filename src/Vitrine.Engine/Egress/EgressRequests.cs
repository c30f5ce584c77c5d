using Vitrine.Egress;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Engine.Egress;

/// <summary>Hands a guest's connections and questions to the gateway, each on the thread pool: the wire's receive loop waits for none.</summary>
/// <param name="connect">Does the whole life of one connection; it disposes it.</param>
/// <param name="answer">Answers one DNS message; an empty answer leaves the program without one.</param>
/// <param name="clock">The clock.</param>
internal sealed class EgressRequests(
    Func<IInsideConnection, Task> connect, Func<ReadOnlyMemory<byte>, Task<byte[]>> answer, TimeProvider clock) : IGuestRequestHandler
{
    private const int TryAgain = 11; // EAGAIN
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public void Handle(GuestRequest request) =>
        ThreadPool.UnsafeQueueUserWorkItem(static s => _ = s.Self.ServeAsync(s.Request), (Self: this, Request: request), preferLocal: false);

    private async Task ServeAsync(GuestRequest request)
    {
        try
        {
            if (request.Kind == ChannelKind.Connect)
                await ConnectAsync(request).ConfigureAwait(false);
            else
                await AnswerAsync(request).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One connection's fault ends that connection; nobody waits for this task.
        catch (Exception)
        {
            request.Refuse(TryAgain, "the gateway failed; see the audit trail");
        }
#pragma warning restore CA1031
    }

    private async Task ConnectAsync(GuestRequest request)
    {
        await using var connection = new InsideConnection(request, clock);
        await connect(connection).ConfigureAwait(false);
    }

    private async Task AnswerAsync(GuestRequest request)
    {
        byte[] message = await answer(request.Query).ConfigureAwait(false);
        if (message.Length == 0)
        {
            request.Refuse(TryAgain, "there is no answer to this question");
            return;
        }

        await using GuestChannel channel = await request.AcceptAsync(CancellationToken.None).ConfigureAwait(false);
        await channel.Input.WriteAsync(message).ConfigureAwait(false);
        await channel.Input.DisposeAsync().ConfigureAwait(false);
        await channel.Completed.WaitAsync(Patience, clock).ConfigureAwait(false);
    }
}
