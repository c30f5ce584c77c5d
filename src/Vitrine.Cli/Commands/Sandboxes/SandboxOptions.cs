using System.CommandLine;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Policy.Egress;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>The options that `run` and `shell` share.</summary>
internal sealed class SandboxOptions
{
    private readonly Option<string?> _policy = Text("--policy", "FILE", "-p",
            "Policy file (YAML or JSON); none is the tightest policy.")
        .CompletesFiles();
    private readonly Option<string?> _image = Text("--image", "IMAGE",
            "Root file system: host, a directory, or a TAR file.")
        .CompletesFiles();
    private readonly Option<string[]> _mount = Texts("--mount", "SOURCE:TARGET[:rw]", "-m",
            "Host path that goes in, read-only unless :rw; options ro, rw, exec, owner=root, mask=auto. Repeatable.")
        .CompletesFiles();
    private readonly Option<string[]> _allow = Texts("--allow", "HOST",
            "Host that may be reached: NAME, *.NAME, NAME:PORT, or a preset such as npm (vitrine egress presets). Repeatable.")
        .CompletesWords([.. EgressPresets.Names]);
    private readonly Option<string?> _memory = Text("--memory", "SIZE",
        "Memory without swap, for instance 2GiB (limits.memory).");
    private readonly Option<string?> _cpus = Text("--cpus", "NUMBER",
        "CPU time in CPUs, for instance 0.5 (limits.cpus).");
    private readonly Option<string?> _pids = Text("--pids", "NUMBER",
        "Processes and threads at once (limits.pids).");
    private readonly Option<string?> _disk = Text("--disk", "SIZE",
        "All writable memory file systems together (limits.disk).");
    private readonly Option<string?> _output = Text("--output-limit", "SIZE",
        "Most bytes the command may print (limits.output).");
    private readonly Option<string?> _timeout = Text("--timeout", "TIME",
        "Wall clock, for instance 30s, 1h30m, or none (limits.wall-clock).");
    private readonly Option<string?> _idle = Text("--idle", "TIME",
        "Time without activity, or none (limits.idle).");
    private readonly Option<string[]> _bestEffort = Texts("--best-effort", "LIMIT",
            "Limit that may be missing where this host cannot hold it. Repeatable.")
        .CompletesWords("memory", "cpus", "pids", "disk", "open-files");
    private readonly Option<string[]> _environment = Texts("--env", "NAME[=VALUE]", "-e",
        "Variable inside: NAME=VALUE, or NAME for the value it has here. Repeatable.");
    private readonly Option<string?> _workdir = Text("--workdir", "PATH", "-w",
        "Working directory inside; /workspace by default.");
    private readonly Option<string?> _user = Text("--user", "USER", "-u",
            "Who the command runs as, inside: user, root, or a number.")
        .CompletesWords("user", "root");
    private readonly Option<string?> _runtime = Text("--runtime", "RUNTIME",
            "OCI runtime: auto, crun, runc, or the path of one.")
        .CompletesWords("auto", "crun", "runc");
    private readonly Option<bool> _raw = new("--raw-terminal")
    {
        Description = "Let every escape sequence through to your terminal: titles, clipboard, queries. Only for commands you trust.",
    };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Say nothing but errors and debug marks." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Say what each layer of the boundary does." };

    /// <summary>Adds them to a command.</summary>
    public SandboxOptions AddTo(Command command)
    {
        Option[] all =
        [
            _policy, _image, _mount, _allow, _memory, _cpus, _pids, _disk, _output, _timeout, _idle, _bestEffort,
            _environment, _workdir, _user, _runtime, _raw, _quiet, _verbose,
        ];
        foreach (Option option in all)
            command.Options.Add(option);
        return this;
    }

    /// <summary>What was given.</summary>
    public SandboxArguments Read(ParseResult parsed) => new()
    {
        PolicyFile = parsed.GetValue(_policy),
        Image = parsed.GetValue(_image),
        Mounts = parsed.GetValue(_mount) ?? [],
        Allow = parsed.GetValue(_allow) ?? [],
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

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    private static Option<string?> Text(string name, string value, string alias, string description) =>
        new(name, alias) { Description = description, HelpName = value };

    private static Option<string[]> Texts(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    private static Option<string[]> Texts(string name, string value, string alias, string description) =>
        new(name, alias) { Description = description, HelpName = value };

    private static LimitArgument[] Given(string option, string key, string? value) =>
        value is null ? [] : [new LimitArgument(option, key, value)];
}
