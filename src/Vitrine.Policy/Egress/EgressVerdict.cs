using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Egress;

/// <summary>What the rules say, and why.</summary>
/// <param name="Allowed">Whether it may pass.</param>
/// <param name="Rule">The rule that decided; for <see cref="EgressCodes.Port"/> one that allows the name on other ports; null when none
/// did.</param>
/// <param name="Code">One of <see cref="EgressCodes"/>, for programs.</param>
/// <param name="Message">What and why, printable and bounded, without a full stop.</param>
/// <param name="Hint">What to add to allow it; empty when nothing would.</param>
public sealed record EgressVerdict(bool Allowed, EgressRule? Rule, string Code, string Message, string Hint);

/// <summary>Why something may pass or not, in one stable word.</summary>
public static class EgressCodes
{
    /// <summary>A rule allows it.</summary>
    public const string Allowed = "allowed";

    /// <summary>A deny rule covers it.</summary>
    public const string Denied = "denied";

    /// <summary>No rule covers the name.</summary>
    public const string NotAllowed = "not-allowed";

    /// <summary>The name is allowed on other ports only.</summary>
    public const string Port = "port";

    /// <summary>An address where a name is needed.</summary>
    public const string Address = "raw-address";

    /// <summary>A service that hands out a machine's credentials.</summary>
    public const string Metadata = "metadata";

    /// <summary>Not a host name in the one form accepted.</summary>
    public const string NameForm = "name-form";

    /// <summary>The rule does not allow the method, or nobody may use it.</summary>
    public const string Method = "method";

    /// <summary>The rule does not allow the path.</summary>
    public const string Path = "path";

    /// <summary>A path that servers read in different ways, where the rule is about paths.</summary>
    public const string PathForm = "path-form";
}
