using System.Text.Json.Serialization;

namespace Vitrine.Bench;

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, double>))]
internal sealed partial class BenchJson : JsonSerializerContext;
