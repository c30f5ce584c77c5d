using System.Collections.Concurrent;
using System.Text;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests.Support;

/// <summary>
/// The host's side of a way out, for tests. By port: 7 echoes and says `bye` at the end, 9 swallows and counts, 13 is never answered, 19 sends without end,
/// 20 sends 1 GiB, 25 is reset after its first bytes, 443 tells where it was asked to; all others are refused. A question comes back reversed; `silence` is refused.
/// </summary>
internal sealed class Outside : IGuestRequestHandler
{
    private readonly ConcurrentQueue<GuestRequest> _unanswered = new();

    public ConcurrentBag<(uint Address, ushort Port)> Asked { get; } = [];

    public int Unanswered => _unanswered.Count;

    public TaskCompletionSource<(long Bytes, Exception? Error)> Swallowed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Handle(GuestRequest request) => _ = Task.Run(() => ServeAsync(request));

    public void RefuseUnanswered()
    {
        while (_unanswered.TryDequeue(out GuestRequest? request))
            request.Refuse(111, "not any more");
    }

    private async Task ServeAsync(GuestRequest request)
    {
        if (request.Kind == ChannelKind.Resolve)
        {
            await AnswerAsync(request);
            return;
        }

        Asked.Add((request.Address, request.Port));
        switch (request.Port)
        {
            case 13:
                _unanswered.Enqueue(request);
                return;
            case not (7 or 9 or 19 or 20 or 25 or 443):
                request.Refuse(13, "not allowed");
                return;
        }

        try
        {
            await ConnectAsync(request);
        }
        catch (IOException)
        {
            // The program or the sandbox is gone.
        }
    }

    private async Task ConnectAsync(GuestRequest request)
    {
        await using GuestChannel channel = await request.AcceptAsync(Token);
        byte[] buffer = new byte[65536];
        switch (request.Port)
        {
            case 7:
                while (await channel.Output.ReadAsync(buffer, Token) is var count and > 0)
                    await channel.Input.WriteAsync(buffer.AsMemory(0, count), Token);
                await channel.Input.WriteAsync("bye"u8.ToArray(), Token);
                break;
            case 9:
                await SwallowAsync(channel, buffer);
                break;
            case 19:
                while (true)
                    await channel.Input.WriteAsync(buffer, Token);
            case 20:
                for (int i = 0; i < 16384; i++)
                    await channel.Input.WriteAsync(buffer, Token);
                break;
            case 25:
                await channel.Output.ReadExactlyAsync(buffer.AsMemory(0, 5), Token);
                return;
            case 443:
                await channel.Input.WriteAsync(Encoding.ASCII.GetBytes($"{request.Address:x8}:{request.Port}"), Token);
                break;
        }

        await channel.Input.DisposeAsync();
        await channel.Completed.WaitAsync(Token);
    }

    private async Task SwallowAsync(GuestChannel channel, byte[] buffer)
    {
        long total = 0;
        try
        {
            while (await channel.Output.ReadAsync(buffer, Token) is var count and > 0)
                total += count;
            Swallowed.TrySetResult((total, null));
        }
        catch (IOException e)
        {
            Swallowed.TrySetResult((total, e));
        }
    }

    private static async Task AnswerAsync(GuestRequest request)
    {
        if (request.Query.Span.SequenceEqual("silence"u8))
        {
            request.Refuse(11, "no answer");
            return;
        }

        await using GuestChannel channel = await request.AcceptAsync(Token);
        byte[] answer = request.Query.ToArray();
        Array.Reverse(answer);
        await channel.Input.WriteAsync(answer, Token);
        await channel.Input.DisposeAsync();
        await channel.Completed.WaitAsync(Token);
    }
}
