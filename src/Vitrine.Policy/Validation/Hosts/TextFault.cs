namespace Vitrine.Policy.Validation;

/// <summary>What is wrong with a text.</summary>
/// <param name="Code">Code of the problem.</param>
/// <param name="Error">Why, starting with a verb.</param>
/// <param name="Hint">What to do.</param>
internal sealed record TextFault(string Code, string Error, string Hint);
