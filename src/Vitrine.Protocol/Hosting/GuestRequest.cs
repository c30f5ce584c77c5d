using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// A channel that the guest asks for: a TCP connection or a DNS question of a program inside. All of it is the guest's word. Settle it once:
/// accept it or refuse it.
/// </summary>
public sealed class GuestRequest
{
    private readonly GuestRequests _owner;
    private readonly GuestChannel _channel;
    private readonly uint _inputCredit;
    private int _settled;

    internal GuestRequest(GuestRequests owner, GuestChannel channel, ConnectRequest connect)
    {
        (_owner, _channel, _inputCredit) = (owner, channel, connect.InputCredit);
        (Kind, Address, Port) = (ChannelKind.Connect, connect.Address, connect.Port);
    }

    internal GuestRequest(GuestRequests owner, GuestChannel channel, ResolveRequest question)
    {
        (_owner, _channel, _inputCredit) = (owner, channel, Framing.WireLimits.MinStreamCredit);
        (Kind, Query) = (ChannelKind.Resolve, question.Query);
    }

    /// <summary><see cref="ChannelKind.Connect"/> or <see cref="ChannelKind.Resolve"/>.</summary>
    public ChannelKind Kind { get; }

    /// <summary>IPv4 address the program connected to, as a number: 198.18.0.1 is 0xC6120001. 0 for a question.</summary>
    public uint Address { get; }

    /// <summary>TCP port it connected to; 0 for a question.</summary>
    public ushort Port { get; }

    /// <summary>The DNS message that the program sent, at most 4,096 bytes of anything; empty for a connection.</summary>
    public ReadOnlyMemory<byte> Query { get; }

    /// <summary>
    /// Takes it. What the program sends is read from <see cref="GuestChannel.Output"/>; what is written to <see cref="GuestChannel.Input"/> goes to
    /// it. The channel is the caller's to dispose.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting for room to answer; the request is then refused.</param>
    /// <exception cref="GuestClosedException">The guest gave it up, or the wire is closed.</exception>
    /// <exception cref="InvalidOperationException">It was settled before.</exception>
    public async ValueTask<GuestChannel> AcceptAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            throw new InvalidOperationException("the request was settled before");
        try
        {
            await _owner.AcceptAsync(_channel, _inputCredit, cancellationToken).ConfigureAwait(false);
            return _channel;
        }
        catch
        {
            _owner.Refuse(_channel, Cancelled, "the request was given up before it was answered");
            throw;
        }
    }

    /// <summary>Refuses it: the guest resets the program's connection, or leaves its question without an answer. Nothing once it is settled.</summary>
    /// <param name="errno">Error number, 1 to 4095 (errno(3)).</param>
    /// <param name="why">A sentence for the guest's side of things; never a secret. Cut after 512 characters.</param>
    public void Refuse(int errno, string why)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(errno, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(errno, 4095);
        if (Interlocked.Exchange(ref _settled, 1) == 0)
            _owner.Refuse(_channel, errno, why);
    }

    private const int Cancelled = 125; // ECANCELED
}
