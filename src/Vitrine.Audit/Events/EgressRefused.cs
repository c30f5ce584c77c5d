using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>
/// `egress.refused`: something a sandbox asked of its way out was refused. The first of a code, host and port is told at once, further ones
/// as a count within ten seconds or when the sandbox ends.
/// </summary>
public sealed record EgressRefused : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "egress.refused";

    /// <summary>Stable kebab-case code, for instance `not-allowed`.</summary>
    public required string Code { get; init; }

    /// <summary>The name or address asked for; a word from inside. `(others)` stands for many different ones, once there are too
    /// many.</summary>
    public required string Host { get; init; }

    /// <summary>The port; 0 where none was said, as in a question for a name.</summary>
    public required int Port { get; init; }

    /// <summary>What was refused and why, a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Id of the rule that decided; null when none did.</summary>
    public string? Rule { get; init; }

    /// <summary>What to add to allow it; null when nothing would.</summary>
    public string? Hint { get; init; }

    /// <summary>How often since the last such event.</summary>
    public long Count { get; init; } = 1;

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line
        .Text("code", Code).Text("host", Host).Number("port", Port).Text("message", Message).Text("rule", Rule).Text("hint", Hint)
        .Number("count", Count);
}
