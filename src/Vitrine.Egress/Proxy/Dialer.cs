using System.Net;
using System.Net.Sockets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Proxy;

/// <summary>
/// Connects to one of a name's addresses: a quarter of a second after one was begun, or as soon as it failed, the next is tried beside it,
/// families in turn; the first that answers wins (the gist of RFC 8305).
/// </summary>
internal static class Dialer
{
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>Addresses tried at most.</summary>
    private const int MaxAddresses = 8;

    /// <summary>Connects.</summary>
    /// <exception cref="EgressRefusedException">No address answers in time.</exception>
    public static async Task<OutsideConnection> DialAsync(
        IReadOnlyList<IPAddress> addresses, string name, ushort port, EgressRule rule, EgressGatewayOptions options,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.DialTimeout, options.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var running = new List<Task<OutsideConnection>>();
        Exception? failure = null;
        try
        {
            Queue<IPAddress> waiting = new(InTurn(addresses).Take(MaxAddresses));
            while (waiting.Count > 0 || running.Count > 0)
            {
                if (waiting.TryDequeue(out IPAddress? next))
                    running.Add(ConnectAsync(next, name, port, rule, stop.Token));
                Task<Task<OutsideConnection>> any = Task.WhenAny(running);
                if (waiting.Count > 0)
                    await Task.WhenAny(any, Task.Delay(Stagger, options.Clock, stop.Token)).ConfigureAwait(false);
                else
                    await any.ConfigureAwait(false);
                foreach (Task<OutsideConnection> done in running.Where(static task => task.IsCompleted).ToArray())
                {
                    running.Remove(done);
                    if (done.IsCompletedSuccessfully)
                        return await done.ConfigureAwait(false);
                    failure = done.Exception?.InnerException ?? failure;
                    if (failure is EgressRefusedException refused)
                        throw refused;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (Task<OutsideConnection> late in running)
                _ = DropAsync(late);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new EgressRefusedException(deadline.IsCancellationRequested || failure is null
            ? new Refusal(RefusalCodes.TimedOut, $"{name}:{port} did not answer within {options.DialTimeout.TotalSeconds:0} s", rule.Id)
            : new Refusal(RefusalCodes.Unreachable, $"{name}:{port} does not answer: {failure.Message}", rule.Id));
    }

    private static async Task<OutsideConnection> ConnectAsync(
        IPAddress address, string name, ushort port, EgressRule rule, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            // The kernel uses the address dialled as the source when it is its own: what came to an interface since the last look is seen
            // here.
            if (!rule.Internal && ((IPEndPoint)socket.LocalEndPoint!).Address.Equals(address))
                throw new EgressRefusedException(new Refusal(RefusalCodes.ForbiddenAddress,
                    $"{name} resolves to {address}: an address of this machine", rule.Id));
            return new OutsideConnection(socket, address, address.ToString(), default);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task DropAsync(Task<OutsideConnection> late)
    {
        try
        {
            (await late.ConfigureAwait(false)).Dispose();
        }
        catch (Exception)
        {
            // It lost the race, or failed: both are what is wanted of it.
        }
    }

    /// <summary>The families in turn, the first answer's family first.</summary>
    private static IEnumerable<IPAddress> InTurn(IReadOnlyList<IPAddress> addresses)
    {
        AddressFamily first = addresses[0].AddressFamily;
        IPAddress[] ones = [.. addresses.Where(one => one.AddressFamily == first)];
        IPAddress[] others = [.. addresses.Where(one => one.AddressFamily != first)];
        for (int index = 0; index < Math.Max(ones.Length, others.Length); index++)
        {
            if (index < ones.Length)
                yield return ones[index];
            if (index < others.Length)
                yield return others[index];
        }
    }
}
