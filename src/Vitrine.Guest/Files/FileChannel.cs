using System.Buffers.Binary;
using Vitrine.Guest.Exec;
using Vitrine.Guest.Init;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Files;

/// <summary>
/// A file operation's channel: a command of our own binary with the workload's identity and filter. Its standard input starts with the
/// request behind
/// a 32-bit length, then is the host's; so the one open descriptor that a command has is enough.
/// </summary>
internal static class FileChannel
{
    internal static void Open(GuestContext context, ushort id, FileRequest request, ReadOnlySpan<byte> payload)
    {
        var command = new CommandRequest
        {
            Arguments = ["/proc/self/exe", "files"],
            Environment = ["DOTNET_GCgen0size=10000"],
            Uid = request.Uid,
            Gid = request.Gid,
            Umask = 0,
            OpenInput = true,
            KillTreeOnExit = true,
            OutputCredit = request.OutputCredit,
            ErrorCredit = WireLimits.MinStreamCredit,
        };
        var writer = new WireWriter();
        writer.U8((byte)ChannelKind.Command);
        command.Write(writer);
        var preface = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(preface, payload.Length);
        payload.CopyTo(preface.AsSpan(4));
        CommandChannel.Open(context, id, command, writer.Written, preface);
    }
}
