using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>Compiles the two filters of a sandbox. Pure: the same request gives the same bytes.</summary>
public static class SeccompCompiler
{
    /// <summary>Compiles both filters.</summary>
    /// <param name="request">What they depend on.</param>
    /// <exception cref="ArgumentException">A name is unknown, may not be added, or may not be removed; the message names all
    /// such.</exception>
    public static SeccompPlan Compile(SeccompRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var outer = SeccompFilters.Outer(request);
        var command = SeccompFilters.Command(request);
        return new(BpfCompiler.Compile(outer).ToBytes(), SeccompJson.Refusals(outer), BpfCompiler.Compile(command).ToBytes());
    }
}
