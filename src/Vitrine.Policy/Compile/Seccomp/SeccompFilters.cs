using Vitrine.Policy.Compile.Seccomp.Data;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>The two filters of a sandbox as data, before they are compiled.</summary>
public static class SeccompFilters
{
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);

    /// <summary>The allow-list that commands run under. A number it does not know answers ENOSYS, as an older kernel would.</summary>
    /// <param name="request">What it depends on.</param>
    /// <exception cref="ArgumentException">A name is unknown, may not be added, or may not be removed; the message names all
    /// such.</exception>
    public static SeccompFilter Command(SeccompRequest request)
    {
        SeccompNames.Check(request);
        Dictionary<int, SyscallRule> rules = [];
        foreach (var group in AllowedGroups.All.Concat(RefusedGroups.All))
        {
            foreach (var name in group.Names)
                Add(name, SyscallRule.Always(request.Allow.Contains(name) ? SeccompVerdict.Allow : group.Verdict));
        }

        foreach (var call in ConditionalRules.All)
            Add(call.Name,
                call.LiftedByName && request.Allow.Contains(call.Name) ? SyscallRule.Always(SeccompVerdict.Allow) : call.Rule(request));
        return new(request.Architecture, rules, SeccompVerdict.Errno(Errno.ENOSYS));

        void Add(string name, SyscallRule rule)
        {
            if (SyscallTable.TryGetNumber(request.Architecture, name, out var number))
                rules.Add(number, request.Deny.Contains(name) ? SyscallRule.Always(s_eperm) : rule);
        }
    }

    /// <summary>
    /// The list of refusals that the first process starts under: every refused call the policy did not add, anything else allowed.
    /// </summary>
    /// <param name="request">What it depends on. Names a policy removes are left to the command filter: the guest may need them.</param>
    /// <exception cref="ArgumentException">As <see cref="Command"/>.</exception>
    public static SeccompFilter Outer(SeccompRequest request)
    {
        SeccompNames.Check(request);
        Dictionary<int, SyscallRule> rules = [];
        foreach (var group in RefusedGroups.All)
        {
            foreach (var name in group.Names.Where(name => !request.Allow.Contains(name)))
                Add(name, SyscallRule.Always(group.Verdict));
        }

        foreach (var (name, rule) in OuterRules.For(request.RefuseSetIdBits))
            Add(name, rule);
        return new(request.Architecture, rules, SeccompVerdict.Allow);

        void Add(string name, SyscallRule rule)
        {
            if (SyscallTable.TryGetNumber(request.Architecture, name, out var number))
                rules.Add(number, rule);
        }
    }
}
