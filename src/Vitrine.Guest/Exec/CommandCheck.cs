using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>What a command request must be before anything is made for it.</summary>
internal static class CommandCheck
{
    /// <summary>With these a command could become or kill the guest (HARDENING 2).</summary>
    private const ulong NeverGranted =
        Capabilities.SetUid | Capabilities.SetGid | Capabilities.SetPCap | Capabilities.Kill | Capabilities.SysPtrace;

    /// <summary>What is wrong; null for nothing.</summary>
    internal static (int Errno, string Message)? Fault(CommandRequest request, GuestContext context)
    {
        if (request.Arguments.Count == 0 || request.Arguments[0].Length == 0)
            return (Errno.EINVAL, "a command needs a program: the list of arguments is empty, or its first one is");
        if (HasNul(request.Arguments) || HasNul(request.Environment) || request.WorkingDirectory.Contains('\0', StringComparison.Ordinal))
            return (Errno.EINVAL, "an argument, a variable or the working directory holds a NUL character; take it out");
        if (!request.WorkingDirectory.StartsWith('/'))
            return (Errno.EINVAL, "the working directory is not an absolute path");
        if (request.Terminal is { Columns: 0 } or { Rows: 0 })
            return (Errno.EINVAL, "a terminal has at least one column and one row");
        if (IsReserved(request, context))
            return (Errno.EPERM, "this user or group id belongs to the guest or means none; use another");
        if ((request.Capabilities & NeverGranted) != 0 || (request.Capabilities != 0 && request.Uid != 0))
            return (Errno.EPERM, "only root inside can keep capabilities, and never SETUID, SETGID, SETPCAP, KILL or SYS_PTRACE");
        return null;
    }

    // Minus one means "unchanged" to setresuid(2), which would leave the command with the guest's identity.
    private static bool IsReserved(CommandRequest request, GuestContext context)
    {
        if (!context.Setup.SwitchesUser)
            return false;
        if (request.Uid == context.Uid || request.Gid == context.Gid || request.Uid == uint.MaxValue || request.Gid == uint.MaxValue)
            return true;
        foreach (uint group in request.Groups)
        {
            if (group == context.Gid || group == uint.MaxValue)
                return true;
        }

        return false;
    }

    private static bool HasNul(IReadOnlyList<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Contains('\0', StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
