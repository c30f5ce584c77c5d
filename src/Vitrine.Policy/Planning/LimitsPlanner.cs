using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Planning;

/// <summary>Settles the limits: the request's within the policy's, ranges checked again.</summary>
internal static class LimitsPlanner
{
    public static LimitsPlan Plan(PlanContext context)
    {
        LimitSettings policy = context.Policy.Limits;
        LimitOverrides wish = context.Request.Limits;
        bool noClock = context.IsOff(Layer.Deadlines);
        bool defaultClock = context.Request.IsInteractive && !context.Policy.Source.States("limits.wall-clock");
        TimeSpan wallClock = defaultClock ? TimeSpan.Zero : policy.WallClock;

        var limits = new LimitsPlan
        {
            MemoryBytes = Settle(context, LimitKeys.Memory, policy.MemoryBytes, wish.MemoryBytes, LimitKeys.Memory.Typed.Min,
                LimitKeys.Memory.Typed.Max, ByteSize.Format),
            CpuMillis = Settle(context, LimitKeys.Cpus, policy.CpuMillis, wish.CpuMillis, LimitKeys.Cpus.Typed.MinMillis,
                LimitKeys.Cpus.Typed.MaxMillis, CpuShare.Format),
            Pids = Settle(context, LimitKeys.Pids, policy.Pids, wish.Pids, (int)LimitKeys.Pids.Typed.Min, (int)LimitKeys.Pids.Typed.Max,
                Number),
            OpenFiles = Settle(context, LimitKeys.OpenFiles, policy.OpenFiles, wish.OpenFiles, (int)LimitKeys.OpenFiles.Typed.Min,
                (int)LimitKeys.OpenFiles.Typed.Max, Number),
            OutputBytes = Settle(context, LimitKeys.Output, policy.OutputBytes, wish.OutputBytes, LimitKeys.Output.Typed.Min,
                LimitKeys.Output.Typed.Max, ByteSize.Format),
            WallClock = noClock ? TimeSpan.Zero : SettleTime(context, LimitKeys.WallClock, wallClock, wish.WallClock),
            Idle = noClock ? TimeSpan.Zero : SettleTime(context, LimitKeys.Idle, policy.Idle, wish.Idle),
            BestEffort = policy.BestEffort.ToHashSet(StringComparer.Ordinal),
        };
        CheckOpenFiles(context, limits);
        return limits;
    }

    private static T Settle<T>(PlanContext context, Key key, T policy, T? wish, T min, T max, Func<T, string> format)
        where T : struct, IComparable<T>
    {
        if (wish is not { } value) return policy;
        string path = $"request.limits.{key.Name}";
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            context.Error("out-of-range", path, $"the limit {key.Name} of {format(value)} is outside {format(min)} to {format(max)}",
                $"Ask for {format(value.CompareTo(min) < 0 ? min : max)} or a value in between");
        else if (value.CompareTo(policy) > 0)
            context.RefuseWidening(path, $"asks for {key.Name} {format(value)}, above {format(policy)}");
        return value;
    }

    // Zero is no limit, so it is the highest of all.
    private static TimeSpan SettleTime(PlanContext context, Key<DurationShape> key, TimeSpan policy, TimeSpan? wish)
    {
        if (wish is not { } value) return policy;
        string path = $"request.limits.{key.Name}";
        if (value != TimeSpan.Zero && (value < key.Typed.Min || value > key.Typed.Max))
            context.Error("out-of-range", path,
                $"the limit {key.Name} of {value.TotalSeconds:0.###} s is outside {DurationText.Format(key.Typed.Min)} to {DurationText.Format(key.Typed.Max)}",
                "Ask for a time in between, or none");
        else if (policy != TimeSpan.Zero && (value == TimeSpan.Zero || value > policy))
            context.RefuseWidening(path, $"asks for {key.Name} {DurationText.Format(value)}, above {DurationText.Format(policy)}");
        return value;
    }

    private static void CheckOpenFiles(PlanContext context, LimitsPlan limits)
    {
        if (context.Host.IsRoot || context.Host.HardOpenFilesLimit is not { } hard || limits.OpenFiles <= hard) return;
        context.Error("open-files-too-high", context.Request.Limits.OpenFiles is null ? "limits.open-files" : "request.limits.open-files",
            $"the limit open-files of {limits.OpenFiles} is above this user's hard limit of {hard}",
                $"Ask for {hard} or fewer, or raise the limit (limits.conf(5))");
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
