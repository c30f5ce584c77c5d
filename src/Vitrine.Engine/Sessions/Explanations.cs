using System.Globalization;
using Vitrine.Protocol.Messages;

namespace Vitrine.Engine.Sessions;

/// <summary>One sentence for each end that is not the command's own: what, why, and which line of policy would change it.</summary>
internal static class Explanations
{
    public static string? Of(EndReason reason, Sandbox sandbox, CommandSpec spec, CommandExit? exit)
    {
        Policy.Plans.LimitsPlan limits = sandbox.Plan.Limits;
        return reason switch
        {
            EndReason.Exited => null,
            EndReason.Signaled => $"the command was ended by signal {exit?.Signal}",
            EndReason.Oom => $"the sandbox's memory of {Bytes(limits.MemoryBytes)} was full and the kernel killed a process (limits.memory; --memory raises it)",
            EndReason.Pids => $"the sandbox reached its {limits.Pids} processes and threads (limits.pids; --pids raises it)",
            EndReason.Timeout when spec.Timeout is { } own => $"the command ran longer than {Time(own)}",
            EndReason.Timeout => $"the sandbox lived longer than {Time(limits.WallClock)} (limits.wall-clock; --timeout raises it)",
            EndReason.IdleTimeout => $"nothing happened in the sandbox for {Time(limits.Idle)} (limits.idle; --idle raises it)",
            EndReason.OutputLimit => $"the command wrote more than {Bytes(limits.OutputBytes)} of output (limits.output; --output-limit raises it)",
            EndReason.Cancelled => "the command was cancelled",
            _ => sandbox.EndIfKnown?.Message,
        };
    }

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (unit < units.Length - 1 && bytes >= 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {units[unit]}");
    }

    public static string Time(TimeSpan time) => time switch
    {
        { TotalMinutes: >= 1 } when time.Seconds == 0 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.##}m"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms"),
    };
}
