using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// Answers the channels a guest asks for (<see cref="ChannelKind.Connect"/>, <see cref="ChannelKind.Resolve"/>). The egress gateway will
/// hang in here;
/// until then there is nothing to accept with, only a refusal to word.
/// </summary>
internal interface IGuestRequestHandler
{
    /// <summary>
    /// Says why the channel is refused. Runs on the receive loop: must not block or throw. The payload is hostile and gone after the call.
    /// </summary>
    ChannelOpenFailed Refuse(ChannelKind kind, ReadOnlySpan<byte> payload);
}

/// <summary>Refuses everything with EPERM.</summary>
internal sealed class RefusingRequestHandler : IGuestRequestHandler
{
    public static readonly RefusingRequestHandler Instance = new();

    private static readonly ChannelOpenFailed Refusal = new(OperationNotPermitted, "this sandbox has no way out: no egress is configured");

    private const int OperationNotPermitted = 1; // EPERM

    public ChannelOpenFailed Refuse(ChannelKind kind, ReadOnlySpan<byte> payload) => Refusal;
}
