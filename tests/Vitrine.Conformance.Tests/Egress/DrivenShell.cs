using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Vitrine.Conformance.Tests.Residue;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>How a script ended.</summary>
internal sealed record DrivenResult(string Script, int ExitCode, string Output, string Error, double Seconds)
{
    public override string ToString() => $"{Script}\nexit {ExitCode} after {Seconds:F2} s\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>
/// Runs shell scripts one after the other where a driver was started: in a sandbox of the command line on the near side, or, as a control, there without one.
/// Each script has an empty working directory, which is its home, too.
/// </summary>
internal sealed class DrivenShell : IAsyncDisposable
{
    private const string Driver = """
        import json, os, shutil, subprocess, sys, tempfile, time
        while True:
            line = sys.stdin.readline()
            if not line:
                break
            job = json.loads(line)
            place = tempfile.mkdtemp(dir=next(p for p in ("/workspace", "/tmp") if os.access(p, os.W_OK)))
            environment = dict(os.environ, HOME=place)
            if not job["Proxies"]:
                for name in [n for n in environment if n.lower().endswith("_proxy")]:
                    del environment[name]
            began = time.monotonic()
            process = subprocess.Popen(["/bin/sh", "-c", job["Script"]], cwd=place, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
            try:
                output, error = process.communicate(timeout=job["Seconds"])
                code = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                output, error = process.communicate()
                code = -1
            shutil.rmtree(place, ignore_errors=True)
            print(json.dumps(dict(Script=job["Script"], ExitCode=code, Output=output.decode("utf-8", "replace"), Error=error.decode("utf-8", "replace"),
                Seconds=time.monotonic() - began)), flush=True)
        """;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly Task _reading;

    private DrivenShell(Process process)
    {
        _process = process;
        _reading = ReadErrorsAsync();
    }

    /// <summary>What the command line wrote to its error stream so far.</summary>
    public IReadOnlyList<string> ErrorLines => [.. _errors];

    /// <summary>Process id of the command line.</summary>
    public int Pid => _process.Id;

    /// <summary>A sandbox with this policy, made by `vitrine run` on the near side.</summary>
    public static DrivenShell InSandbox(OutsideWorld world, TestSpace space, string policy, IEnumerable<string>? options = null, string runtime = "crun")
    {
        string file = Path.Combine(space.Scratch, "policy.yaml");
        File.WriteAllText(file, policy);
        Dictionary<string, string> environment = CommandLineRun.EnvironmentOf(space, runtime);
        IReadOnlyList<string> command = world.Near.Enter(
        [
            HostPrograms.RequireCli(), "run", "--policy", file, .. options ?? [], "--", "/usr/bin/python3", "-I", "-c", Driver,
        ]);
        return new DrivenShell(HostCommand.Start(command, environment));
    }

    /// <summary>The near side without a sandbox.</summary>
    public static DrivenShell WithoutSandbox(OutsideWorld world, IReadOnlyDictionary<string, string>? variables = null)
    {
        var environment = new Dictionary<string, string>(variables ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        };
        foreach (string name in TrustVariables)
            environment[name] = world.AuthorityFile;
        return new DrivenShell(HostCommand.Start(world.WithoutSandbox(["/usr/bin/python3", "-I", "-c", Driver]), environment));
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">For /bin/sh.</param>
    /// <param name="proxies">Whether the proxy variables of the surroundings stay set.</param>
    /// <param name="seconds">After which it is killed; its exit code is then -1.</param>
    public async Task<DrivenResult> RunAsync(string script, bool proxies = false, double seconds = 30)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { Script = script, Proxies = proxies, Seconds = seconds }));
        await _process.StandardInput.FlushAsync();
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(seconds + 30));
        Assert.True(line is not null, $"The shell ended.\n{string.Join('\n', _errors)}");
        return JsonSerializer.Deserialize<DrivenResult>(line)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading;
        _process.Dispose();
    }

    private static readonly string[] TrustVariables =
        ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "PIP_CERT", "NPM_CONFIG_CAFILE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"];

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
            _errors.Enqueue(line);
    }
}
