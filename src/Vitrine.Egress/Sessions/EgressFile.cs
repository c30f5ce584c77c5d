namespace Vitrine.Egress;

/// <summary>A file the session wants inside.</summary>
/// <param name="Path">Absolute path inside.</param>
/// <param name="Content">Its bytes; nothing secret.</param>
public sealed record EgressFile(string Path, ReadOnlyMemory<byte> Content);
