namespace Vitrine.Audit;

/// <summary>One thing that is wrong.</summary>
/// <param name="Fault">What.</param>
/// <param name="File">In which file.</param>
/// <param name="Line">At which line of it, from 1; 0 where it concerns the whole file.</param>
/// <param name="Sequence">At which number of the chain; 0 where unknown.</param>
/// <param name="Message">A sentence for people. Holds no text from the chain.</param>
public sealed record AuditFinding(AuditFault Fault, string File, long Line, long Sequence, string Message);
