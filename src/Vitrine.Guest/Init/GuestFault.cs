using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Init;

/// <summary>
/// The sandbox cannot go on: the guest says why in its last frame and exits, and the kernel ends everything inside with it.
/// </summary>
internal sealed class GuestFault(GoAwayReason reason, string message) : Exception(message)
{
    internal GoAwayReason Reason { get; } = reason;
}
