using System.Text.Json.Serialization;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit;

/// <summary>
/// The typed part of an event. The set is closed: an event is added here, in docs/audit.md and in <see cref="Events.PayloadReader"/> together.
/// Strings may come from inside a sandbox; whoever writes a payload need not clean them, the line writer does.
/// </summary>
public abstract record AuditPayload
{
    private protected AuditPayload()
    {
    }

    /// <summary>The dotted name of the event.</summary>
    [JsonIgnore]
    public abstract string Type { get; }

    /// <summary>Writes the members of the `data` object, in a fixed order.</summary>
    internal abstract void Write(LineWriter line);
}
