using System.Text.Json.Serialization;

namespace Vitrine.Audit.Events;

/// <summary>Source-generated readers of the payloads.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(WriterOpened))]
[JsonSerializable(typeof(WriterClosed))]
[JsonSerializable(typeof(ChainSealed))]
[JsonSerializable(typeof(ChainDamaged))]
[JsonSerializable(typeof(ChainLost))]
[JsonSerializable(typeof(SandboxCreated))]
[JsonSerializable(typeof(SandboxFailed))]
[JsonSerializable(typeof(SandboxDestroyed))]
[JsonSerializable(typeof(CommandStarted))]
[JsonSerializable(typeof(CommandEnded))]
[JsonSerializable(typeof(LimitHit))]
[JsonSerializable(typeof(Refused))]
[JsonSerializable(typeof(LayerReported))]
[JsonSerializable(typeof(ResidueRemoved))]
[JsonSerializable(typeof(EgressConnection))]
[JsonSerializable(typeof(EgressRefused))]
[JsonSerializable(typeof(EgressAlarm))]
internal sealed partial class PayloadJson : JsonSerializerContext;
