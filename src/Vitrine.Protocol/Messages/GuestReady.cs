using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The guest's <see cref="FrameType.Ready"/>. All of it is the guest's word (`source: guest`); nothing is decided on it.</summary>
/// <param name="Version">The protocol version the guest chose.</param>
/// <param name="LandlockAbi">The kernel's Landlock ABI whose domain the guest entered; 0 for none.</param>
/// <param name="Notes">What the guest could not do, in sentences.</param>
public sealed record GuestReady(ushort Version, ushort LandlockAbi, IReadOnlyList<string> Notes)
{
    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U16(Version).U16(LandlockAbi).List(Notes, static (w, n) => w.Text(n));

    /// <summary>Reads the payload.</summary>
    public static GuestReady Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var ready = new GuestReady(reader.U16(), reader.U16(), reader.Texts());
        reader.End();
        return ready;
    }
}
