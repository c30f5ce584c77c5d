using System.Runtime.InteropServices;

namespace Vitrine.Linux.Sandboxing;

/// <summary>
/// Everything the child does between clone(2) and execve(2), laid out beforehand: it must not allocate, lock or call managed code.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ChildPlan
{
    internal byte** Candidates;
    internal byte** Arguments;
    internal byte** Environment;
    internal byte* Directory;
    internal int Input;
    internal int Output;
    internal int Error;
    internal int Extra;
    internal bool ControllingTerminal;
    internal bool KeepIdentity;
    internal bool SwitchUser;
    internal uint Uid;
    internal uint Gid;
    internal uint* Groups;
    internal int GroupCount;
    internal ulong Capabilities;
    internal ushort Umask;
    internal ChildLimit* Limits;
    internal int LimitCount;
    internal void* Filter;
    internal ushort FilterInstructions;
    internal ulong SignalMask;
    internal LaunchStep FailedStep;
    internal int FailedErrno;
}

/// <summary>One resource limit as the child sets it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChildLimit
{
    internal int Resource;
    internal ulong Value;
}
