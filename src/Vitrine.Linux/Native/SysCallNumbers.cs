using System.Runtime.InteropServices;

namespace Vitrine.Linux.Native;

/// <summary>
/// Numbers of the system calls made by syscall(2), where a C library wrapper is missing or does more than the call (setxid broadcasts).
/// </summary>
internal static class SysCallNumbers
{
    internal const nint LandlockCreateRuleset = 444;
    internal const nint LandlockAddRule = 445;
    internal const nint LandlockRestrictSelf = 446;
    internal const nint CloseRange = 436;
    internal const nint PidfdOpen = 434;
    internal const nint OpenAt2 = 437;
    internal const nint PidfdSendSignal = 424;

    private static bool Arm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal static nint Dup3 => Arm ? 24 : 292;

    internal static nint Ioctl => Arm ? 29 : 16;

    internal static nint Fcntl => Arm ? 25 : 72;

    internal static nint ChangeDirectory => Arm ? 49 : 80;

    internal static nint RtSigAction => Arm ? 134 : 13;

    internal static nint RtSigProcMask => Arm ? 135 : 14;

    internal static nint SetSession => Arm ? 157 : 112;

    internal static nint Umask => Arm ? 166 : 95;

    internal static nint ProcessControl => Arm ? 167 : 157;

    internal static nint ResourceLimit => Arm ? 261 : 302;

    internal static nint GetGroups => Arm ? 158 : 115;

    internal static nint SetGroups => Arm ? 159 : 116;

    internal static nint SetResUid => Arm ? 147 : 117;

    internal static nint SetResGid => Arm ? 149 : 119;

    internal static nint SetFsUid => Arm ? 151 : 122;

    internal static nint SetFsGid => Arm ? 152 : 123;

    internal static nint CapabilityGet => Arm ? 90 : 125;

    internal static nint CapabilitySet => Arm ? 91 : 126;

    internal static nint Seccomp => Arm ? 277 : 317;

    internal static nint Execve => Arm ? 221 : 59;

    internal static nint GetDents => Arm ? 61 : 217;
}
