using Vitrine.Guest.Init;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Egress;

/// <summary>One question: its answer is gathered until it ends, and goes to whoever asked.</summary>
internal sealed class ResolveChannel : Channel
{
    private readonly GuestContext _context;
    private readonly QuestionSocket _owner;
    private readonly InternetAddress _asker;
    private byte[] _answer = [];
    private bool _open;

    private ResolveChannel(GuestContext context, QuestionSocket owner, ushort id, InternetAddress asker)
        : base(id)
    {
        _context = context;
        _owner = owner;
        _asker = asker;
    }

    internal static void Ask(GuestContext context, QuestionSocket owner, ushort id, ReadOnlySpan<byte> question, InternetAddress asker)
    {
        context.Channels.Add(new ResolveChannel(context, owner, id, asker));
        context.Wire.Send(FrameType.Open, id, new WireWriter().U8((byte)ChannelKind.Resolve).Blob(question).Written);
    }

    internal override void OnOpened(ChannelOpened opened) =>
        _open = !_open ? true : throw new ProtocolException($"the host opens channel {Id} twice");

    internal override void OnOpenFailed()
    {
        if (_open)
            throw new ProtocolException($"the host refuses channel {Id} after it was open");
        _context.Channels.Remove(this);
        _owner.OnEnded();
    }

    internal override void OnData(ReadOnlySpan<byte> bytes)
    {
        if (!_open || _answer.Length + bytes.Length > WireLimits.MinStreamCredit)
            throw new ProtocolException("the host sends more of an answer than its credit");
        _answer = [.. _answer, .. bytes];
    }

    internal override void OnEof()
    {
        if (!_open)
            throw new ProtocolException($"the host uses channel {Id} before it answered");
        _owner.Answer(_answer, _asker);
        Close();
    }

    /// <summary>Nothing is sent on it.</summary>
    internal override void OnCredit(ChannelStream stream, uint bytes)
    {
    }

    internal override void OnReset() => Close();

    private void Close()
    {
        _context.Close(this);
        _owner.OnEnded();
    }
}
