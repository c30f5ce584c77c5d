using System.Text.Json;

namespace Vitrine.Audit.Events;

/// <summary>From an event's name and data to its type. Unknown members are ignored, so that an old reader reads a newer writer's lines.</summary>
internal static class PayloadReader
{
    /// <summary>Reads the data; <see cref="Unreadable"/> for a name or shape it does not know.</summary>
    public static AuditPayload Read(string type, JsonElement data)
    {
        try
        {
            return ReadKnown(type, data) ?? new Unreadable(type, data.Clone());
        }
        catch (Exception e) when (e is JsonException or OverflowException or FormatException or InvalidOperationException)
        {
            return new Unreadable(type, data.Clone());
        }
    }

    private static AuditPayload? ReadKnown(string type, JsonElement data) => type switch
    {
        "writer.opened" => data.Deserialize(PayloadJson.Default.WriterOpened),
        "writer.closed" => data.Deserialize(PayloadJson.Default.WriterClosed),
        "chain.sealed" => data.Deserialize(PayloadJson.Default.ChainSealed),
        "chain.damaged" => data.Deserialize(PayloadJson.Default.ChainDamaged),
        "chain.lost" => data.Deserialize(PayloadJson.Default.ChainLost),
        "sandbox.created" => data.Deserialize(PayloadJson.Default.SandboxCreated),
        "sandbox.failed" => data.Deserialize(PayloadJson.Default.SandboxFailed),
        "sandbox.destroyed" => data.Deserialize(PayloadJson.Default.SandboxDestroyed),
        "command.started" => data.Deserialize(PayloadJson.Default.CommandStarted),
        "command.ended" => data.Deserialize(PayloadJson.Default.CommandEnded),
        "limit.hit" => data.Deserialize(PayloadJson.Default.LimitHit),
        "refused" => data.Deserialize(PayloadJson.Default.Refused),
        "layer.reported" => data.Deserialize(PayloadJson.Default.LayerReported),
        "residue.removed" => data.Deserialize(PayloadJson.Default.ResidueRemoved),
        "egress.connection" => data.Deserialize(PayloadJson.Default.EgressConnection),
        "egress.refused" => data.Deserialize(PayloadJson.Default.EgressRefused),
        "egress.alarm" => data.Deserialize(PayloadJson.Default.EgressAlarm),
        _ => null,
    };
}
