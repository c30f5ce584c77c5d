using Vitrine.Bench;

if (BenchOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchOptions.Usage);
    return 2;
}

Report report = new();
report.Note($"{Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}, Linux {Environment.OSVersion.Version}");
if (options.Phases.Contains("egress"))
    await EgressPhase.RunAsync(options.Rounds * 2, report);
if (options.Phases.Any(static phase => phase != "egress"))
{
    using var workshop = Workshop.Open();
    if (options.Phases.Contains("cold"))
        await ColdPhase.RunAsync(workshop, options.Rounds, report);
    if (options.Phases.Contains("cli"))
        await CommandLinePhase.RunAsync(workshop, Math.Max(10, options.Rounds / 5), report);
    if (options.Phases.Contains("steps"))
        await StepsPhase.RunAsync(workshop, options.Rounds / 2, report);
    if (options.Phases.Contains("exec"))
        await ExecPhase.RunAsync(workshop, options.Rounds * 2, report);
    if (options.Phases.Contains("wayout"))
        await WayOutPhase.RunAsync(workshop, options.Rounds, report);
    if (options.Phases.Contains("idle"))
    {
        await IdlePhase.RunAsync(workshop, options.Sandboxes, preparedHelpers: 0, report);
        await IdlePhase.RunAsync(workshop, options.Sandboxes, preparedHelpers: 1, report);
    }
}

report.Note($"load at the end {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
if (options.JsonPath == "-")
    Console.WriteLine(report.ToJson());
else
    Console.Write(report);
if (options.JsonPath is { } path and not "-")
    await File.WriteAllTextAsync(path, report.ToJson());
return 0;
