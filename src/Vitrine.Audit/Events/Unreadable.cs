using System.Text.Json;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>What a reader gives for a line it does not know: an event of a later version, or a line that is no event at all. Never written.</summary>
/// <param name="Name">The line's event name; `unreadable` for a line that is no event.</param>
/// <param name="Data">Its data, where it is an object.</param>
public sealed record Unreadable(string Name, JsonElement? Data) : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => Name;

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => throw new InvalidOperationException("An event that was not understood is not written again.");
}
