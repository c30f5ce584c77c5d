using System.Globalization;
using System.Text;

namespace Vitrine.Policy;

/// <summary>Something wrong, or worth knowing, about a policy or about a plan made from it. All of them are reported at once.</summary>
/// <param name="Severity">Whether it stops the start.</param>
/// <param name="Code">Stable kebab-case code, for instance `unknown-key`, `mount-engine-socket`.</param>
/// <param name="Path">The place in the policy, for instance `limits.memory` or `mounts[0].source`; `request…` for what a request
/// added.</param>
/// <param name="Line">Line in the policy's text, from 1; 0 when it stands nowhere (a default, or a request's part).</param>
/// <param name="Column">Column in the policy's text, from 1; 0 when it stands nowhere.</param>
/// <param name="Message">What was tried, on what, and why it failed, without a full stop.</param>
/// <param name="Hint">What to do; empty when there is nothing to be done.</param>
public sealed record PolicyProblem(
    ProblemSeverity Severity, string Code, string Path, int Line, int Column, string Message, string Hint)
{
    /// <summary>Name of the text it was found in, usually a file name; `policy` when nobody said.</summary>
    public string Source { get; init; } = "policy";

    /// <summary>`file:line:col: error code: message. hint`.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Source);
        if (Line > 0) text.Append(CultureInfo.InvariantCulture, $":{Line}:{Column}");
        text.Append(CultureInfo.InvariantCulture, $": {SeverityName} {Code}: {Message}.");
        if (Hint.Length > 0) text.Append(CultureInfo.InvariantCulture, $" {Hint}{(Hint.EndsWith('?') ? "" : ".")}");
        return text.ToString();
    }

    private string SeverityName => Severity switch
    {
        ProblemSeverity.Error => "error",
        ProblemSeverity.Warning => "warning",
        _ => "note",
    };
}
