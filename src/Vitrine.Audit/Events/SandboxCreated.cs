using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`sandbox.created`: a sandbox is ready and nothing of the stranger has run in it.</summary>
public sealed record SandboxCreated : AuditPayload
{
    /// <summary>Most layers in a line.</summary>
    internal const int MaxLayers = 64;

    /// <inheritdoc/>
    public override string Type => "sandbox.created";

    /// <summary>Lower-case hex SHA-256 of the plan: same digest, same boundary.</summary>
    public required string PlanDigest { get; init; }

    /// <summary>Name of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The image: `host` or a path.</summary>
    public required string Image { get; init; }

    /// <summary>Whether the image may change under the sandbox and has no digest, as `host`.</summary>
    public bool ImageMutable { get; init; }

    /// <summary>Runtime that made it: `crun`, `runc`.</summary>
    public required string Runtime { get; init; }

    /// <summary>What every layer does.</summary>
    public IReadOnlyList<AuditLayer> Layers { get; init; } = [];

    /// <summary>The limits.</summary>
    public AuditLimits? Limits { get; init; }

    /// <summary>Set when a debugging policy loosened the boundary: when that ends.</summary>
    public DateTimeOffset? DebugUntil { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line)
    {
        line.Text("planDigest", PlanDigest).Text("policy", Policy).Text("image", Image).Flag("imageMutable", ImageMutable).Text("runtime", Runtime);
        line.OpenList("layers");
        foreach (AuditLayer layer in Layers.Take(MaxLayers))
        {
            line.Open();
            layer.Write(line);
            line.Close();
        }

        line.CloseList(Math.Max(0, Layers.Count - MaxLayers));
        if (Limits is not null)
        {
            line.Open("limits");
            Limits.Write(line);
            line.Close();
        }

        line.Time("debugUntil", DebugUntil);
    }
}
