namespace Vitrine.Policy.Units;

/// <summary>A quantity read from text, or why it could not be read.</summary>
/// <param name="Value">The value; meaningless when there is an error.</param>
/// <param name="Error">What is wrong with the text, starting with a verb; null when nothing is.</param>
/// <param name="Hint">The nearest spelling that would do, or an empty text.</param>
internal readonly record struct UnitResult<T>(T Value, string? Error, string Hint)
{
    public bool IsValid => Error is null;

    public static UnitResult<T> Ok(T value) => new(value, null, "");

    public static UnitResult<T> Bad(string error, string hint) => new(default!, error, hint);
}
