namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>Consecutive system call numbers under one rule, up to the next range.</summary>
/// <param name="First">The first number.</param>
/// <param name="Rule">The rule.</param>
internal sealed record NumberRange(uint First, SyscallRule Rule)
{
    // x32's own numbers; kernels before 5.4 took them without the x32 bit as well (syscall_64.tbl: "due to a historical design error").
    private const uint FirstX32Only = 512;
    private const uint AfterX32Only = 548;

    /// <summary>All numbers from 0 to 2^32 − 1, in order, neighbours of one plain verdict joined.</summary>
    public static IReadOnlyList<NumberRange> Of(SeccompFilter filter)
    {
        var unlisted = SyscallRule.Always(filter.Unlisted);
        List<NumberRange> ranges = [new(0, unlisted)];
        int[] numbers = [.. filter.Rules.Keys];
        Array.Sort(numbers);
        foreach (var number in numbers)
        {
            Start((uint)number, filter.Rules[number]);
            Start((uint)number + 1, unlisted);
        }

        if (filter.Architecture == CpuArchitecture.X64)
        {
            var kill = SyscallRule.Always(SeccompVerdict.Kill);
            Start(FirstX32Only, kill);
            Start(AfterX32Only, unlisted);
            Start(AuditArchitecture.X32Bit, kill);
            // −1 is no x32 call: a tracer sets it to skip one, and syscall(-1) is a common way to ask for ENOSYS.
            Start(uint.MaxValue, unlisted);
        }

        return ranges;

        void Start(uint first, SyscallRule rule)
        {
            if (ranges[^1].First == first)
                ranges.RemoveAt(ranges.Count - 1);
            if (ranges.Count == 0 || rule.IsConditional || ranges[^1].Rule.IsConditional || ranges[^1].Rule.Otherwise != rule.Otherwise)
                ranges.Add(new(first, rule));
        }
    }
}
