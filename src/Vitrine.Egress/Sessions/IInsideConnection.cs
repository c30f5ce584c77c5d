namespace Vitrine.Egress;

/// <summary>
/// A TCP connection that a program inside made, as its guest tells of it. Where it goes is the guest's word: nothing but the choice of
/// what to refuse may rest on it. Either accept it or refuse it, once; then dispose it.
/// </summary>
public interface IInsideConnection : IAsyncDisposable
{
    /// <summary>Where the program connected to: an address of <see cref="InsideNetwork"/>, or a raw one. Network byte order as a number:
    /// 198.18.0.1 is 0xC6120001.</summary>
    uint Address { get; }

    /// <summary>The port it connected to.</summary>
    ushort Port { get; }

    /// <summary>Takes the connection: a duplex stream, on which each direction ends by itself.</summary>
    /// <exception cref="IOException">The program or its sandbox is gone.</exception>
    ValueTask<InsideStream> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Resets the connection.</summary>
    /// <param name="why">A sentence, for the guest's side of things; never a secret.</param>
    void Refuse(string why);
}
