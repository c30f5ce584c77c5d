using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>One layer of the boundary as it was found on a sandbox.</summary>
/// <param name="Name">Kebab-case name, for instance `user-namespace`.</param>
/// <param name="Status">`enforced`, `not-available` or `off-by-policy`.</param>
/// <param name="Detail">How, or why not.</param>
public sealed record AuditLayer(string Name, string Status, string Detail)
{
    /// <summary>Most characters of each member in a line.</summary>
    internal const int MaxText = 512;

    /// <summary>Writes the members.</summary>
    internal void Write(LineWriter line) => line.Text("name", Name, MaxText).Text("status", Status, MaxText).Text("detail", Detail, MaxText);
}
