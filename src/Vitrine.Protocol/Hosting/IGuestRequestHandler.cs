namespace Vitrine.Protocol.Hosting;

/// <summary>Decides on the connections and questions that a guest asks the host to take.</summary>
public interface IGuestRequestHandler
{
    /// <summary>
    /// Takes a request over, to be settled once with <see cref="GuestRequest.AcceptAsync"/> or <see cref="GuestRequest.Refuse"/>, now or later,
    /// on any thread; until then it counts as one of the guest's 192 channels. Called on the wire's receive loop: must not block, throw, or do
    /// the work itself.
    /// </summary>
    void Handle(GuestRequest request);
}

/// <summary>Refuses everything with EPERM.</summary>
internal sealed class RefusingRequestHandler : IGuestRequestHandler
{
    public static readonly RefusingRequestHandler Instance = new();

    private const int OperationNotPermitted = 1; // EPERM

    public void Handle(GuestRequest request) =>
        request.Refuse(OperationNotPermitted, "this sandbox has no way out: no egress is configured");
}
