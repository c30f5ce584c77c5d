using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>A runtime with a state directory and a control group of its own, and the guest as it was published.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private static int s_count;

    private TestHost(OciRuntimeOptions options, OciRuntime runtime) => (Options, Runtime) = (options, runtime);

    public OciRuntimeOptions Options { get; }

    public OciRuntime Runtime { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The published guest; the test is skipped, loudly, where there is none.</summary>
    public static string Guest
    {
        get
        {
            if (Environment.GetEnvironmentVariable("VITRINE_GUEST") is { Length: > 0 } named)
                return named;
            for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            {
                foreach (string configuration in (string[])["release", "release_linux-x64"])
                {
                    string path = Path.Combine(directory.FullName, "artifacts/publish/Vitrine.Guest", configuration, "vitrine-guest");
                    if (File.Exists(path))
                        return path;
                }
            }

            Assert.Skip("THE OCI RUNTIME IS NOT TESTED: no published guest (dotnet publish src/Vitrine.Guest -c Release, or set VITRINE_GUEST)");
            return "";
        }
    }

    public static OciRuntimeOptions NewOptions()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("THE OCI RUNTIME IS NOT TESTED: root is needed");
        if (!File.Exists("/usr/bin/crun") && !File.Exists("/usr/sbin/runc"))
            Assert.Skip("THE OCI RUNTIME IS NOT TESTED: neither crun nor runc is installed");
        string name = string.Create(CultureInfo.InvariantCulture, $"vitrine-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        return new OciRuntimeOptions
        {
            GuestPath = Guest,
            StateDirectory = "/run/" + name,
            CgroupName = name,
            RuntimePath = Environment.GetEnvironmentVariable("VITRINE_TEST_RUNTIME"),
        };
    }

    public static Task<TestHost> OpenAsync() => OpenAsync(NewOptions());

    public static async Task<TestHost> OpenAsync(OciRuntimeOptions options)
    {
        try
        {
            return new TestHost(options, await OciRuntime.OpenAsync(options, Token));
        }
        catch (RuntimeException)
        {
            if (Directory.Exists(options.StateDirectory))
                Directory.Delete(options.StateDirectory);
            throw;
        }
    }

    public static string NewId() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 20);

    public Task<IRuntimeSandbox> CreateAsync(SandboxPlan plan) => Runtime.CreateAsync(new RuntimeRequest(NewId(), plan), Token);

    /// <summary>Creates a sandbox, runs a shell script in it as its user, and removes it.</summary>
    public async Task<(int Exit, string Output)> ShellAsync(SandboxPlan plan, string script)
    {
        await using IRuntimeSandbox sandbox = await CreateAsync(plan);
        await using GuestConnection guest = await ConnectAsync(sandbox);
        return await ShellAsync(guest, plan, script);
    }

    public static Task<GuestConnection> ConnectAsync(IRuntimeSandbox sandbox) =>
        GuestConnection.OpenAsync(sandbox.Wire, new GuestSetup(), options: null, Token);

    public static async Task<(int Exit, string Output)> ShellAsync(GuestConnection guest, SandboxPlan plan, string script)
    {
        await using GuestChannel channel = await StartAsync(guest, plan, ["/bin/sh", "-c", script + "\n"]);
        Task<string> error = ReadAsync(channel.Error);
        string output = await ReadAsync(channel.Output) + await error;
        CommandExit exit = await channel.Exited.WaitAsync(Token);
        return (exit.Signal == 0 ? exit.Code : 128 + exit.Signal, output);
    }

    public static Task<GuestChannel> StartAsync(GuestConnection guest, SandboxPlan plan, IReadOnlyList<string> arguments) => guest.StartAsync(
        new CommandRequest
        {
            Arguments = arguments,
            Environment = ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8", "HOME=/home/user"],
            WorkingDirectory = "/",
            Uid = plan.User.Uid,
            Gid = plan.User.Gid,
        }, Token);

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        Directory.Delete(Options.StateDirectory, recursive: true);
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(Token);
    }
}
