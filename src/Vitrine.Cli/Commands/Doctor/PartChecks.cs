using Vitrine.Linux.Hosts;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>Our own parts: who runs us, and where.</summary>
internal static class PartChecks
{
    private const string Area = "vitrine";

    /// <summary>Whether this process is root on this host.</summary>
    public static bool IsRoot => HostKernel.EffectiveUserId() == 0;

    /// <summary>Looks.</summary>
    public static IEnumerable<Check> Run(bool isRoot)
    {
        yield return isRoot
            ? new Check(Area, "user", CheckStatus.Ok, "root: every layer can be built")
            : new Check(Area, "user", CheckStatus.Weaker,
                "not root: sandboxes start in a user namespace of yours, with fewer layers and only the limits delegated to you",
                "sudo vitrine …");
        if (!isRoot && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")))
            yield return new Check(Area, "state", CheckStatus.Weaker, "XDG_RUNTIME_DIR is not set: state goes to the temporary directory",
                "export XDG_RUNTIME_DIR=/run/user/$(id -u)");
    }
}
