using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`command.started`: written before the guest is asked to start it. Values of the environment are never recorded, only names.</summary>
public sealed record CommandStarted : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "command.started";

    /// <summary>The argument vector.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Working directory inside.</summary>
    public required string Cwd { get; init; }

    /// <summary>User name inside.</summary>
    public required string User { get; init; }

    /// <summary>User id inside.</summary>
    public long? Uid { get; init; }

    /// <summary>Names of its environment variables.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; init; } = [];

    /// <summary>Whether it has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line
        .Texts("argv", Argv).Text("cwd", Cwd).Text("user", User).Number("uid", Uid).Texts("environmentNames", EnvironmentNames)
        .Flag("terminal", Terminal);
}
