using System.CommandLine;
using Vitrine.Cli.Commands.Completion;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>The options that `run` and `shell` share.</summary>
internal sealed class SandboxOptions
{
    private readonly Option<string?> _policy = new Option<string?>("--policy", "-p") { Description = "Policy file (YAML or JSON); none is the tightest policy.", HelpName = "FILE" }.CompletesFiles();
    private readonly Option<string?> _image = new Option<string?>("--image") { Description = "Root file system: host, a directory, or a TAR file.", HelpName = "IMAGE" }.CompletesFiles();
    private readonly Option<string[]> _mount = new Option<string[]>("--mount", "-m") { Description = "Host path that goes in, read-only unless :rw; options ro, rw, exec, owner=root, mask=auto. Repeatable.", HelpName = "SOURCE:TARGET[:rw]" }.CompletesFiles();
    private readonly Option<string?> _memory = new("--memory") { Description = "Memory without swap, for instance 2GiB (limits.memory).", HelpName = "SIZE" };
    private readonly Option<string?> _cpus = new("--cpus") { Description = "CPU time in CPUs, for instance 0.5 (limits.cpus).", HelpName = "NUMBER" };
    private readonly Option<string?> _pids = new("--pids") { Description = "Processes and threads at once (limits.pids).", HelpName = "NUMBER" };
    private readonly Option<string?> _disk = new("--disk") { Description = "All writable memory file systems together (limits.disk).", HelpName = "SIZE" };
    private readonly Option<string?> _output = new("--output-limit") { Description = "Most bytes the command may print (limits.output).", HelpName = "SIZE" };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "Wall clock, for instance 30s, 1h30m, or none (limits.wall-clock).", HelpName = "TIME" };
    private readonly Option<string?> _idle = new("--idle") { Description = "Time without activity, or none (limits.idle).", HelpName = "TIME" };
    private readonly Option<string[]> _bestEffort = new Option<string[]>("--best-effort") { Description = "Limit that may be missing where this host cannot hold it. Repeatable.", HelpName = "LIMIT" }.CompletesWords("memory", "cpus", "pids", "disk", "open-files");
    private readonly Option<string[]> _environment = new("--env", "-e") { Description = "Variable inside: NAME=VALUE, or NAME for the value it has here. Repeatable.", HelpName = "NAME[=VALUE]" };
    private readonly Option<string?> _workdir = new("--workdir", "-w") { Description = "Working directory inside; /workspace by default.", HelpName = "PATH" };
    private readonly Option<string?> _user = new Option<string?>("--user", "-u") { Description = "Who the command runs as, inside: user, root, or a number.", HelpName = "USER" }.CompletesWords("user", "root");
    private readonly Option<string?> _runtime = new Option<string?>("--runtime") { Description = "OCI runtime: auto, crun, runc, or the path of one.", HelpName = "RUNTIME" }.CompletesWords("auto", "crun", "runc");
    private readonly Option<bool> _raw = new("--raw-terminal") { Description = "Let every escape sequence through to your terminal: titles, clipboard, queries. Only for commands you trust." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Say nothing but errors and debug marks." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Say what each layer of the boundary does." };

    /// <summary>Adds them to a command.</summary>
    public SandboxOptions AddTo(Command command)
    {
        foreach (Option option in (Option[])[_policy, _image, _mount, _memory, _cpus, _pids, _disk, _output, _timeout, _idle, _bestEffort, _environment, _workdir, _user, _runtime, _raw, _quiet, _verbose])
            command.Options.Add(option);
        return this;
    }

    /// <summary>What was given.</summary>
    public SandboxArguments Read(ParseResult parsed) => new()
    {
        PolicyFile = parsed.GetValue(_policy),
        Image = parsed.GetValue(_image),
        Mounts = parsed.GetValue(_mount) ?? [],
        Limits =
        [
            .. Given("--memory", "memory", parsed.GetValue(_memory)),
            .. Given("--cpus", "cpus", parsed.GetValue(_cpus)),
            .. Given("--pids", "pids", parsed.GetValue(_pids)),
            .. Given("--disk", "disk", parsed.GetValue(_disk)),
            .. Given("--output-limit", "output", parsed.GetValue(_output)),
            .. Given("--timeout", "wall-clock", parsed.GetValue(_timeout)),
            .. Given("--idle", "idle", parsed.GetValue(_idle)),
        ],
        BestEffort = parsed.GetValue(_bestEffort) ?? [],
        Environment = parsed.GetValue(_environment) ?? [],
        WorkingDirectory = parsed.GetValue(_workdir),
        User = parsed.GetValue(_user),
        Runtime = parsed.GetValue(_runtime),
        RawTerminal = parsed.GetValue(_raw),
        Quiet = parsed.GetValue(_quiet),
        Verbose = parsed.GetValue(_verbose),
    };

    private static LimitArgument[] Given(string option, string key, string? value) => value is null ? [] : [new LimitArgument(option, key, value)];
}
