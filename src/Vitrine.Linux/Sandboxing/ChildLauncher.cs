using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;
using Vitrine.Linux.Polling;

namespace Vitrine.Linux.Sandboxing;

/// <summary>
/// Starts a child with an identity of its own: streams → session → terminal → limits → umask → bounding set → groups, gid, uid →
/// capabilities →
/// directory → filter → execve(2). Each step needs what a later one takes away.
/// <para>posix_spawn(3) cannot do these, a thread that does them first would set the limits of the whole process and offer the command's
/// uid a
/// thread of it to signal, and a second program would cost an exec. So the child runs <see cref="ChildBody"/> until execve(2).</para>
/// </summary>
public sealed unsafe class ChildLauncher : IDisposable
{
    private const int StackSize = 64 * 1024;
    private const int CLONE_VM_VFORK = 0x100 | 0x4000;
    private readonly MappedBuffer _stack = new(StackSize);

    /// <summary>Starts a child.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="failure">Where it failed and why; only when the return value is 0.</param>
    /// <returns>Its pid, or 0. A failed child has been waited for.</returns>
    public int Start(LaunchRequest request, out LaunchFailure failure)
    {
        var arena = new NativeArena();
        try
        {
            ChildPlan plan = LayOut(request, arena);
            return Start(&plan, out failure);
        }
        finally
        {
            arena.Free();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stack.Dispose();

    private int Start(ChildPlan* plan, out LaunchFailure failure)
    {
        // A signal handler of the runtime must not run in the child: it would run in the parent's memory.
        ulong blocked = SignalSet.BlockAll();
        int pid = ProcessCalls.Clone(&ChildBody.Run, _stack.Pointer + StackSize, CLONE_VM_VFORK | SignalSet.SIGCHLD, plan);
        int errno = Marshal.GetLastPInvokeError();
        SignalSet.Restore(blocked);
        if (pid < 0)
        {
            failure = new LaunchFailure(LaunchStep.Clone, errno);
            return 0;
        }

        failure = new LaunchFailure(plan->FailedStep, plan->FailedErrno);
        if (plan->FailedStep == LaunchStep.None)
            return pid;
        while (ProcessCalls.Wait4(pid, null, 0, null) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }

        return 0;
    }

    private static ChildPlan LayOut(LaunchRequest request, NativeArena arena)
    {
        var plan = new ChildPlan
        {
            Candidates = arena.Texts(ProgramSearch.Candidates(request.Arguments[0], request.Environment)),
            Arguments = arena.Texts(request.ArgumentZero is null ? request.Arguments : WithZero(request)),
            Environment = arena.Texts(request.Environment),
            Directory = request.WorkingDirectory is null ? null : arena.Text(request.WorkingDirectory),
            Input = request.Input,
            Output = request.Output,
            Error = request.Error,
            Extra = request.Extra,
            ControllingTerminal = request.ControllingTerminal,
            KeepIdentity = request.Identity is null,
            SignalMask = request.BlockedSignals,
        };
        if (request.Identity is not { } identity)
            return plan;
        plan.SwitchUser = identity.SwitchUser;
        plan.Uid = identity.Uid;
        plan.Gid = identity.Gid;
        plan.GroupCount = identity.Groups.Count;
        plan.Groups = (uint*)arena.Take(identity.Groups.Count * sizeof(uint));
        for (int i = 0; i < identity.Groups.Count; i++)
            plan.Groups[i] = identity.Groups[i];
        plan.Capabilities = identity.Capabilities;
        plan.Umask = identity.Umask;
        plan.LimitCount = identity.Limits.Length;
        plan.Limits = (ChildLimit*)arena.Take(identity.Limits.Length * sizeof(ChildLimit));
        for (int i = 0; i < identity.Limits.Length; i++)
            plan.Limits[i] = new ChildLimit { Resource = identity.Limits[i].Resource, Value = identity.Limits[i].Value };
        if (identity.Filter is { Length: > 0 } filter)
        {
            plan.Filter = filter.Pointer;
            plan.FilterInstructions = (ushort)(filter.Length / 8);
        }

        return plan;
    }

    private static string[] WithZero(LaunchRequest request)
    {
        var all = new string[request.Arguments.Count];
        for (int i = 0; i < all.Length; i++)
            all[i] = i == 0 ? request.ArgumentZero! : request.Arguments[i];
        return all;
    }
}
