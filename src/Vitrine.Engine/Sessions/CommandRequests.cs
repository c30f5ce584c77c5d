using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Engine.Sessions;

/// <summary>Turns what a user asks and what the plan decided into the request the guest gets, and the guest's refusal into an error.</summary>
internal static class CommandRequests
{
    // Numbers of getrlimit(2), asm-generic/resource.h.
    private const byte RlimitCore = 4;
    private const byte RlimitNofile = 7;
    private const byte RlimitMemlock = 8;

    private const int EPERM = 1;
    private const int ENOENT = 2;
    private const int ENOEXEC = 8;
    private const int EACCES = 13;

    /// <summary>The request.</summary>
    /// <param name="plan">What was decided.</param>
    /// <param name="spec">What the user asks.</param>
    /// <param name="wayOut">Variables of the gateway; the plan's and the user's own come before them.</param>
    public static CommandRequest From(SandboxPlan plan, CommandSpec spec, IReadOnlyDictionary<string, string>? wayOut = null)
    {
        if (spec.Arguments.Count == 0 || spec.Arguments[0].Length == 0)
            throw new EngineException("command-missing", "No command was given; name a program to run, for instance `vitrine run -- python3 -V`.");
        foreach (string text in spec.Arguments.Concat(spec.Environment.Keys).Concat(spec.Environment.Values).Append(spec.WorkingDirectory ?? ""))
        {
            if (text.Contains('\0', StringComparison.Ordinal))
                throw new EngineException("bad-argument", "An argument, variable or directory holds a NUL character; the kernel cannot pass it on.");
        }

        if (spec.WorkingDirectory is { } directory && !directory.StartsWith('/'))
            throw new EngineException("bad-argument", $"The working directory `{directory}` is not absolute; write it as a path inside the sandbox, for instance /workspace.");
        return new CommandRequest
        {
            Arguments = spec.Arguments,
            Environment = EnvironmentOf(plan, spec, wayOut),
            WorkingDirectory = spec.WorkingDirectory ?? plan.WorkingDirectory,
            Uid = plan.User.Uid,
            Gid = plan.User.Gid,
            Capabilities = plan.User.Capabilities,
            ResourceLimits =
            [
                // A piped core_pattern handler ignores 0; 1 byte stops it (core(5), HARDENING 21).
                new ResourceLimit(RlimitCore, 1),
                new ResourceLimit(RlimitNofile, (ulong)plan.Limits.OpenFiles),
                new ResourceLimit(RlimitMemlock, 64 * 1024),
            ],
            OpenInput = spec.OpenInput,
            Terminal = spec.Terminal,
            TimeoutMilliseconds = spec.Timeout is { } t ? (uint)Math.Clamp(t.TotalMilliseconds, 1, uint.MaxValue) : 0,
            KillTreeOnExit = spec.KillTreeOnExit,
        };
    }

    public static EngineException Refusal(CommandSpec spec, ChannelOpenException refusal)
    {
        string program = spec.Arguments[0];
        return refusal.Errno switch
        {
            ENOENT => new EngineException(
                "command-not-found", $"`{program}` was not found in the sandbox; check its name, or the image and PATH it should be in.", refusal),
            EACCES or EPERM or ENOEXEC => new EngineException(
                "command-not-executable", $"`{program}` cannot be run in the sandbox: {refusal.Message}. Check its permission, its format, and whether its place allows execution.", refusal),
            _ => new EngineException("command-failed", $"`{program}` could not be started in the sandbox: {refusal.Message}.", refusal),
        };
    }

    private static string[] EnvironmentOf(SandboxPlan plan, CommandSpec spec, IReadOnlyDictionary<string, string>? wayOut)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in wayOut ?? new Dictionary<string, string>(StringComparer.Ordinal))
            all[name] = value;
        foreach ((string name, string value) in plan.Environment)
            all[name] = value;
        foreach ((string name, string value) in spec.Environment)
            all[name] = value;
        return [.. all.Select(v => v.Key + "=" + v.Value)];
    }
}
