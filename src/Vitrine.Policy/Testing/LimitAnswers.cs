using System.Globalization;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Testing;

/// <summary>Whether an amount (`memory=1GiB`) fits in the limits.</summary>
internal static class LimitAnswers
{
    public static TestAnswer Ask(PolicyDocument policy, SandboxPlan plan, string subject)
    {
        int equals = subject.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) return TestAnswer.Unanswerable("write `limit: key=value`");
        string value = subject[(equals + 1)..];
        LimitsPlan limits = plan.Limits;
        return subject[..equals] switch
        {
            "memory" => Compare(ByteSize.Parse(value), limits.MemoryBytes, ByteSize.Format),
            "cpus" => Compare(CpuShare.Parse(value), limits.CpuMillis, CpuShare.Format),
            "pids" => Compare(Number(value), limits.Pids, Text),
            "disk" => Compare(ByteSize.Parse(value), policy.Limits.DiskBytes
                ?? plan.Tmpfs.Sum(place => place.SizeBytes) + plan.Root.SizeBytes, ByteSize.Format),
            "open-files" => Compare(Number(value), limits.OpenFiles, Text),
            "output" => Compare(ByteSize.Parse(value), limits.OutputBytes, ByteSize.Format),
            "wall-clock" => Compare(Most(DurationText.Parse(value)), Most(limits.WallClock), Time),
            "idle" => Compare(Most(DurationText.Parse(value)), Most(limits.Idle), Time),
            _ => TestAnswer.Unanswerable("there is no such limit"),
        };
    }

    private static TestAnswer Compare<T>(UnitResult<T> wish, T limit, Func<T, string> format)
        where T : IComparable<T> => wish.IsValid
            ? new TestAnswer(wish.Value.CompareTo(limit) <= 0, $"the limit is {format(limit)}")
            : TestAnswer.Unanswerable($"the value {wish.Error}");

    private static UnitResult<int> Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? UnitResult<int>.Ok(value)
        : UnitResult<int>.Bad("is not a whole number", "");

    private static UnitResult<TimeSpan> Most(UnitResult<TimeSpan> time) => time with { Value = Most(time.Value) };

    private static TimeSpan Most(TimeSpan time) => time == TimeSpan.Zero ? TimeSpan.MaxValue : time;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) => time == TimeSpan.MaxValue ? DurationText.None : DurationText.Format(time);
}
