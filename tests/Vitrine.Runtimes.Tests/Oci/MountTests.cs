using System.Net.Sockets;
using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>Host directories in a sandbox: what it can do with them, and what stops the start.</summary>
public sealed class MountTests : IDisposable
{
    // Owned by an ordinary host user, as a project would be.
    private const uint Owner = 4321;

    private readonly string _directory = Directory.CreateTempSubdirectory("vitrine-mount-").FullName;

    public MountTests()
    {
        File.WriteAllText(_directory + "/data.txt", "data\n");
        File.WriteAllText(_directory + "/own.txt", "own\n");
        File.SetUnixFileMode(_directory + "/own.txt", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(_directory + "/secret");
        File.WriteAllText(_directory + "/secret/key", "key\n");
        Run("chown", "-R", $"{Owner}:{Owner}", _directory);
    }

    [Fact]
    public async Task ReadOnly_Directory_IsReadAndNotWritten()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string output) = await host.ShellAsync(Plans.Default(ReadOnly()), "cat /workspace/in/own.txt; touch /workspace/in/x 2>&1; stat -c %u /workspace/in/own.txt");
        Assert.Equal("own\ntouch: cannot touch '/workspace/in/x': Read-only file system\n1000\n", output);
    }

    [Fact]
    public async Task ReadOnly_File_IsMountedAlone()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string output) = await host.ShellAsync(
            Plans.Default(new MountPlan(_directory + "/data.txt", "/data/in.txt", true, false, false, [])), "cat /data/in.txt; ls /data; echo x > /data/in.txt");
        Assert.StartsWith("data\nin.txt\n", output, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writable_NewFile_BelongsToTheOwnerOnTheHost()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (int exit, _) = await host.ShellAsync(Plans.Default(Writable()), "echo made > /workspace/out/new && cp /bin/true /workspace/out/true && chmod 4755 /workspace/out/true");
        Assert.Equal(0, exit);
        Assert.Equal("made\n", await File.ReadAllTextAsync(_directory + "/new", TestHost.Token));
        Assert.Equal($"{Owner} {Owner}", Output("stat", "-c", "%u %g", _directory + "/new"));
    }

    [Fact]
    public async Task Writable_RootInside_DoesNotActAsRootOnTheHost()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default(Writable()) with { User = new IdentityPlan("root", 0, 0, 0) };
        await host.ShellAsync(plan, "echo made > /workspace/out/new; cp /bin/true /workspace/out/set; chmod 4755 /workspace/out/set");
        Assert.Equal($"{Owner}", Output("stat", "-c", "%u", _directory + "/set"));
    }

    [Fact]
    public async Task Writable_NotExecutable_RefusesToExecute()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (int exit, _) = await host.ShellAsync(Plans.Default(Writable() with { Executable = false }), "cp /bin/true /workspace/out/true && /workspace/out/true");
        Assert.Equal(126, exit);
        (exit, _) = await host.ShellAsync(Plans.Default(Writable()), "/workspace/out/true");
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task ReadOnly_SocketOfTheHost_CannotBeReached()
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(_directory + "/s"));
        server.Listen();
        Run("chmod", "777", _directory + "/s");
        Run("chown", $"{Owner}:{Owner}", _directory + "/s");

        // The control: on the host, as an ordinary user would, it connects.
        using (var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            await client.ConnectAsync(new UnixDomainSocketEndPoint(_directory + "/s"), TestHost.Token);
        await using TestHost host = await TestHost.OpenAsync();
        (_, string output) = await host.ShellAsync(Plans.Default(ReadOnly()),
            "test -S /workspace/in/s && perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0); print connect(S,sockaddr_un(\"/workspace/in/s\")) ? \"connected\" : \"$!\"'");
        Assert.Equal("Connection refused", output);
    }

    [Fact]
    public async Task Writable_WithASocket_IsRefused()
    {
        Directory.CreateDirectory(_directory + "/a/b");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(_directory + "/a/b/agent.sock"));
        RuntimeException error = await RefusedAsync(Plans.Default(Writable()));
        Assert.Equal("mount-socket", error.Code);
        Assert.Contains("a/b/agent.sock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writable_OwnedByRoot_IsRefusedUnlessThePolicySaysSo()
    {
        Run("chown", "0:0", _directory);
        Assert.Equal("mount-owner", (await RefusedAsync(Plans.Default(Writable()))).Code);
        await using TestHost host = await TestHost.OpenAsync();
        (int exit, _) = await host.ShellAsync(Plans.Default(Writable() with { MapRootOwner = true }), "touch /workspace/out/x");
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task Source_SwappedForALink_IsRefused()
    {
        // Judged as a directory, then swapped for a link to another: the descriptor tells.
        MountPlan plan = ReadOnly();
        Directory.Move(_directory, _directory + ".moved");
        try
        {
            Directory.CreateSymbolicLink(_directory, "/etc");
            Assert.Equal("mount-changed", (await RefusedAsync(Plans.Default(plan))).Code);
        }
        finally
        {
            Directory.Delete(_directory);
            Directory.Move(_directory + ".moved", _directory);
        }
    }

    [Fact]
    public async Task Source_Missing_SaysSo() =>
        Assert.Equal("mount-missing", (await RefusedAsync(Plans.Default(ReadOnly() with { Source = _directory + "/nothing" }))).Code);

    [Fact]
    public async Task Source_Device_IsRefused() =>
        Assert.Equal("mount-kind", (await RefusedAsync(Plans.Default(ReadOnly() with { Source = "/dev/null" }))).Code);

    [Fact]
    public async Task Masks_OnReadOnlyMount_ShowNothing()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string output) = await host.ShellAsync(Plans.Default(ReadOnly() with { Masks = ["secret", "own.txt", "not-there"] }),
            "ls -A /workspace/in/secret; cat /workspace/in/own.txt; cat /workspace/in/data.txt");
        Assert.Equal("data\n", output);
    }

    [Fact]
    public async Task Mask_BehindALinkOut_StopsTheStart()
    {
        File.CreateSymbolicLink(_directory + "/link", "/etc");
        RuntimeException error = await RefusedAsync(Plans.Default(ReadOnly() with { Masks = ["link/passwd"] }));
        Assert.Contains("errno 40", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_InsideAReadOnlyMount_MustExist()
    {
        MountPlan inner = new(_directory, "/workspace/in/secret", true, false, false, []);
        await using TestHost host = await TestHost.OpenAsync();
        Assert.Equal((0, "data\n"), await host.ShellAsync(Plans.Default(ReadOnly(), inner), "cat /workspace/in/secret/data.txt"));
        RuntimeException error = await RefusedAsync(Plans.Default(ReadOnly(), inner with { Target = "/workspace/in/nowhere" }));
        Assert.Equal("mount-target", error.Code);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<RuntimeException> RefusedAsync(SandboxPlan plan)
    {
        await using TestHost host = await TestHost.OpenAsync();
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => host.CreateAsync(plan));
        Assert.Equal(["file " + Directory.GetFiles(host.Options.StateDirectory + "/owners")[0]], Residue.Of(host.Options));
        return error;
    }

    private static void Run(string program, params string[] arguments) => Output(program, arguments);

    private static string Output(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private MountPlan ReadOnly() => new(_directory, "/workspace/in", true, false, false, []);

    private MountPlan Writable() => new(_directory, "/workspace/out", false, true, false, []);
}
