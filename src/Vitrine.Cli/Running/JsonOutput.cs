using System.Text;
using System.Text.Json;
using Vitrine.Cli.Output;
using Vitrine.Engine.Sessions;
using Vitrine.Runtimes;

namespace Vitrine.Cli.Running;

/// <summary>Everything as JSON Lines on our output (docs/cli.md): `started`, `stdout` and `stderr` as they come, `result` last.</summary>
internal sealed class JsonOutput(CliConsole console) : ICommandOutput
{
    private readonly Lock _gate = new();
    private readonly PartialText _output = new();
    private readonly PartialText _error = new();

    /// <inheritdoc/>
    public void Started(Sandbox sandbox) => Write(writer =>
    {
        writer.WriteString("type", "started");
        writer.WriteString("sandbox", sandbox.Id);
        WritePolicy(writer, sandbox);
        writer.WriteStartArray("layers");
        foreach (LayerReport layer in sandbox.Enforcement.Layers)
        {
            writer.WriteStartObject();
            writer.WriteString("layer", LayerText.NameOf(layer.Layer));
            writer.WriteString("status", LayerText.NameOf(layer.Status));
            writer.WriteString("detail", layer.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <inheritdoc/>
    public void Output(ReadOnlySpan<byte> bytes) => WriteData("stdout", _output.Add(bytes));

    /// <inheritdoc/>
    public void Error(ReadOnlySpan<byte> bytes) => WriteData("stderr", _error.Add(bytes));

    /// <inheritdoc/>
    public void Finish()
    {
        WriteData("stdout", _output.Rest());
        WriteData("stderr", _error.Rest());
    }

    /// <inheritdoc/>
    public void Ended(Sandbox sandbox, CommandOutcome outcome, int exitCode) => Write(writer =>
    {
        writer.WriteString("type", "result");
        writer.WriteString("sandbox", sandbox.Id);
        WritePolicy(writer, sandbox);
        writer.WriteString("reason", outcome.Reason.ToName());
        writer.WriteNumber("exitCode", exitCode);
        if (outcome.Signal is { } signal)
            writer.WriteNumber("signal", signal);
        if (outcome.Explanation is { } explanation)
            writer.WriteString("message", explanation);
        writer.WriteNumber("durationMs", Math.Round(outcome.Duration.TotalMilliseconds, 3));
        writer.WriteNumber("cpuMs", Math.Round(outcome.Cpu.TotalMilliseconds, 3));
        writer.WriteNumber("peakMemoryBytes", outcome.PeakMemoryBytes);
        writer.WriteNumber("outputBytes", outcome.OutputBytes);
        writer.WriteStartArray("limitHits");
        foreach (LimitHit hit in outcome.LimitHits)
        {
            writer.WriteStartObject();
            writer.WriteString("limit", hit.Limit);
            writer.WriteNumber("count", hit.Count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void WritePolicy(Utf8JsonWriter writer, Sandbox sandbox)
    {
        writer.WriteString("policy", sandbox.Plan.PolicyName);
        writer.WriteString("planDigest", sandbox.Plan.Digest);
        if (sandbox.Plan.DebugUntil is { } until)
            writer.WriteString("debugUntil", until);
    }

    private void WriteData(string type, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        byte[] data = bytes.ToArray();
        bool text = System.Text.Unicode.Utf8.IsValid(data);
        Write(writer =>
        {
            writer.WriteString("type", type);
            if (!text)
                writer.WriteString("encoding", "base64");
            writer.WriteString("data", text ? Encoding.UTF8.GetString(data) : Convert.ToBase64String(data));
        });
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        ReadOnlySpan<byte> line = [.. JsonText.ObjectBytes(members), (byte)'\n'];
        lock (_gate)
            console.Output.Write(line);
    }
}
