using Vitrine.Egress;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Engine.Egress;

/// <summary>A connection that a guest asks for on the wire, as the gateway takes it.</summary>
internal sealed class InsideConnection(GuestRequest request, TimeProvider clock) : IInsideConnection
{
    private const int ConnectionRefused = 111; // ECONNREFUSED
    private ChannelInsideStream? _stream;

    public uint Address => request.Address;

    public ushort Port => request.Port;

    public async ValueTask<InsideStream> AcceptAsync(CancellationToken cancellationToken) =>
        _stream = new ChannelInsideStream(await request.AcceptAsync(cancellationToken).ConfigureAwait(false), clock);

    public void Refuse(string why) => request.Refuse(ConnectionRefused, why);

    public async ValueTask DisposeAsync()
    {
        request.Refuse(ConnectionRefused, "the connection was given up");
        if (_stream is not null)
            await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
