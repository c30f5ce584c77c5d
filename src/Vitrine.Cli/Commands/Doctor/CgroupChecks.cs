namespace Vitrine.Cli.Commands.Doctor;

/// <summary>Which control groups there are (cgroups(7)): without memory, cpu and pids a default policy does not start.</summary>
internal static class CgroupChecks
{
    private const string Area = "cgroups";
    private static readonly string[] s_needed = ["memory", "cpu", "pids"];

    /// <summary>Looks.</summary>
    public static IEnumerable<Check> Run(HostFiles files, bool isRoot)
    {
        Mounts mounts = Mounts.Read(files);
        yield return mounts.Mode switch
        {
            "v2" => new Check(Area, "mode", CheckStatus.Ok, $"v2 at {mounts.Unified}"),
            "hybrid" =>
                new Check(Area, "mode", CheckStatus.Ok, $"hybrid: controllers in v1, v2 at {mounts.Unified} for freezing and killing"),
            "v1" => new Check(Area, "mode", CheckStatus.Weaker, "v1 alone: killing a fork bomb takes longer",
                "mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified"),
            _ => new Check(Area, "mode", CheckStatus.Missing, "no cgroup file system is mounted: no limit can be held",
                "mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
        };
        if (mounts.Mode == "none")
            yield break;
        foreach (string controller in s_needed)
            yield return Controller(files, mounts, controller);
        foreach (Check stray in StrayControllers(files, mounts))
            yield return stray;
        if (!isRoot)
            yield return Delegation(files, mounts);
    }

    private static Check Controller(HostFiles files, Mounts mounts, string controller)
    {
        if (mounts.V1.TryGetValue(controller, out string? path))
            return new Check(Area, controller, CheckStatus.Ok, $"v1 at {path}");
        if (mounts.Unified is { } unified && files.Words(unified + "/cgroup.controllers").Contains(controller, StringComparer.Ordinal))
            return new Check(Area, controller, CheckStatus.Ok, "v2");
        string mend = mounts.Mode == "v2"
            ? $"boot without cgroup_disable={controller}"
            : $"mkdir -p /sys/fs/cgroup/{controller} && mount -t cgroup -o {controller} cgroup /sys/fs/cgroup/{controller}";
        return new Check(Area, controller, CheckStatus.Missing,
            $"no {controller} controller: limits.{Limit(controller)} cannot be held, and only a policy that names it in best-effort starts", mend);
    }

    private static string Limit(string controller) => controller == "cpu" ? "cpus" : controller;

    /// <summary>crun (1.8.1) refuses a hybrid host whose v2 side holds a controller, though sandboxes need none of it.</summary>
    private static IEnumerable<Check> StrayControllers(HostFiles files, Mounts mounts)
    {
        if (mounts.Mode != "hybrid")
            yield break;
        IReadOnlyList<string> stray = files.Words(mounts.Unified + "/cgroup.controllers");
        if (stray.Count == 0)
            yield break;
        string mend =
            string.Join(" && ", stray.Select(static c => $"mkdir -p /sys/fs/cgroup/{c} && mount -t cgroup -o {c} {c} /sys/fs/cgroup/{c}"));
        yield return new Check(
            Area, "hybrid for crun", CheckStatus.Weaker,
                $"v2 holds {string.Join(", ", stray)} and crun then refuses hybrid mode; runc does not mind", mend);
    }

    private static Check Delegation(HostFiles files, Mounts mounts)
    {
        string own = files.Lines("/proc/self/cgroup").FirstOrDefault(static l => l.StartsWith("0::", StringComparison.Ordinal))?[3..]
            ?? "/";
        string directory = $"{mounts.Unified}{own.TrimEnd('/')}";
        bool isOurs = mounts.Mode == "v2" && files.IsWritable(directory + "/cgroup.procs");
        IReadOnlyList<string> delegated = isOurs ? files.Words(directory + "/cgroup.controllers") : [];
        string[] lacking = [.. s_needed.Except(delegated, StringComparer.Ordinal)];
        return lacking.Length == 0
            ? new Check(Area, "delegation", CheckStatus.Ok, $"{string.Join(", ", delegated)} at {own}")
            : new Check(
                Area,
                "delegation",
                CheckStatus.Missing,
                $"{string.Join(", ", lacking)} not given to this user: a run without root needs --best-effort for these limits, "
                    + "or a control group of its own (docs/rootless.md)",
                "systemd-run --user --scope -p Delegate=yes vitrine …; where cpu is lacking, systemctl edit user@.service, "
                    + "with: [Service] Delegate=cpu memory pids");
    }

    /// <summary>Where cgroup file systems are mounted.</summary>
    private sealed record Mounts(string Mode, string? Unified, IReadOnlyDictionary<string, string> V1)
    {
        public static Mounts Read(HostFiles files)
        {
            var controllers = new Dictionary<string, string>(StringComparer.Ordinal);
            string? unified = null;
            foreach (string[] mount in files.Lines("/proc/self/mounts").Select(static l => l.Split(' ')).Where(static m => m.Length > 3))
            {
                if (mount[2] == "cgroup2")
                    unified ??= mount[1];
                else if (mount[2] == "cgroup")
                {
                    foreach (string option in mount[3].Split(','))
                        controllers.TryAdd(option, mount[1]);
                }
            }

            bool hasV1 = s_needed.Any(controllers.ContainsKey);
            string mode = (unified, hasV1) switch
            {
                (null, false) => "none",
                (null, true) => "v1",
                (_, true) => "hybrid",
                _ => "v2",
            };
            return new Mounts(mode, unified, controllers);
        }
    }
}
