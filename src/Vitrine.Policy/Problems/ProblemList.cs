namespace Vitrine.Policy.Problems;

/// <summary>Collects problems with their places. Bounded: a hostile text cannot make an endless list.</summary>
internal sealed class ProblemList(string sourceName)
{
    /// <summary>Most problems kept; one more says that there are others.</summary>
    public const int Capacity = 100;

    private readonly List<PolicyProblem> _items = [];

    public string SourceName { get; } = sourceName;

    public bool HasErrors { get; private set; }

    public int Count => _items.Count;

    public void Error(string code, string path, SourceMark mark, string message, string hint = "") =>
        Add(ProblemSeverity.Error, code, path, mark, message, hint);

    public void Warning(string code, string path, SourceMark mark, string message, string hint = "") =>
        Add(ProblemSeverity.Warning, code, path, mark, message, hint);

    public void Note(string code, string path, SourceMark mark, string message, string hint = "") =>
        Add(ProblemSeverity.Note, code, path, mark, message, hint);

    /// <summary>Errors first in the order of the text; then the rest.</summary>
    public IReadOnlyList<PolicyProblem> ToSortedList() => _items.Count < 2 ? _items :
        [.. _items.OrderByDescending(problem => problem.Severity).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    private void Add(ProblemSeverity severity, string code, string path, SourceMark mark, string message, string hint)
    {
        HasErrors |= severity == ProblemSeverity.Error;
        if (_items.Count > Capacity) return;
        if (_items.Count == Capacity)
        {
            _items.Add(new PolicyProblem(severity, "too-many-problems", "", mark.Line, mark.Column,
                $"more than {Capacity} problems; the others are not shown", "Mend these first")
            { Source = SourceName });
            return;
        }

        _items.Add(new PolicyProblem(severity, code, path, mark.Line, mark.Column, Printable.Of(message, 600), Printable.Of(hint, 600))
        {
            Source = SourceName,
        });
    }
}
