namespace Vitrine.Policy.Explain;

/// <summary>Who commands run as, and on which root file system.</summary>
internal static class IdentityStatements
{
    public static IEnumerable<PolicyStatement> Of(PolicyDocument policy)
    {
        if (policy.Debug is { } debug)
            yield return Statement.Warning(policy, "debug", $"this is a debugging policy until {debug.Until:u}: {debug.Reason}");
        yield return Statement.Allowed(policy, "user",
            $"commands run as {policy.User.Name} ({policy.User.Uid}:{policy.User.Gid}) inside, which is an unused id of its own outside");
        yield return policy.User.Capabilities.Count == 0
            ? Statement.Refused(policy, "user.capabilities", "commands hold no capability")
            : Statement.Warning(policy, "user.capabilities", $"commands hold {string.Join(", ", policy.User.Capabilities)}, inside only");
        yield return policy.Image is "host"
            ? Statement.Allowed(policy, "image", "the host's /usr can be read; its /etc, /var, /root and homes are not there")
            : Statement.Allowed(policy, "image", $"the root file system is {policy.Image}");
    }
}
