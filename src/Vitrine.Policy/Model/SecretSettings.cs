using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Model;

/// <summary>A credential that hosts get and the sandbox does not: inside, a variable of its name holds a placeholder.</summary>
public sealed record SecretSettings
{
    /// <summary>Name of the variable inside.</summary>
    public required string Name { get; init; }

    /// <summary>Where the value comes from, as the policy spells it.</summary>
    public required SecretSource From { get; init; }

    /// <summary>Hosts it is for, as in <see cref="EgressEntry.Host"/>; never empty.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Headers it may stand in. Default Authorization.</summary>
    public IReadOnlyList<string> Headers { get; init; } = ["Authorization"];

    /// <summary>Fields of a JSON or form body it may stand in. Default none.</summary>
    public IReadOnlyList<string> Body { get; init; } = [];
}
