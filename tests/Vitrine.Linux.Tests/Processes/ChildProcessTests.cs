using System.Text;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Tests.Processes;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task Start_ExitCode_IsReturned() => Assert.Equal((7, ""), await RunAsync("exit 7"));

    [Fact]
    public async Task Start_KilledBySignal_Is128PlusSignal() => Assert.Equal(128 + 9, (await RunAsync("kill -9 $$")).Status);

    [Fact]
    public async Task Start_Output_ArrivesWhole()
    {
        (int status, string output) = await RunAsync("head -c 300000 /dev/zero | tr '\\0' x");
        Assert.Equal(0, status);
        Assert.Equal(300_000, output.Length);
    }

    [Fact]
    public async Task Start_InheritableDescriptorOfOurs_IsClosedInTheChild()
    {
        // Without close-on-exec, as a careless library would leave it: the control is that this process itself sees it.
        using SafeFileHandle leak = File.OpenHandle("/etc/hostname");
        using var pipe = new Pipe();
        ClearCloseOnExec(leak);
        Assert.True(Directory.GetFiles("/proc/self/fd").Length > 4);
        (_, string output) = await RunAsync("ls /proc/self/fd");

        // 3 is the directory that ls itself opens.
        Assert.Equal("0\n1\n2\n3\n", output);
    }

    [Fact]
    public async Task Start_DescriptorsInAnyOrder_LandWhereListed()
    {
        using var first = new Pipe();
        using var second = new Pipe();

        // Targets 3 and 4 are given crosswise, whatever the numbers of the sources are.
        using ChildProcess child = ChildProcess.Start(Shell("echo three >&3; echo four >&4") with { Descriptors = [null, null, null, second.Writer, first.Writer] });
        first.Writer.Dispose();
        second.Writer.Dispose();
        Assert.Equal("four\n", await ReadAllAsync(first));
        Assert.Equal("three\n", await ReadAllAsync(second));
        Assert.Equal(0, await child.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_EnvironmentAndDirectory_AreOnlyThoseGiven()
    {
        using var pipe = new Pipe();
        using ChildProcess child = ChildProcess.Start(new ChildStart
        {
            Path = "/usr/bin/env",
            Arguments = ["env", "sh", "-c", "env | grep -v -e ^_= -e ^PWD= | sort; pwd"],
            Environment = ["PATH=/usr/bin", "ONLY=this"],
            WorkingDirectory = "/usr",
            Descriptors = [null, pipe.Writer, null],
        });
        pipe.Writer.Dispose();
        Assert.Equal(["ONLY=this", "PATH=/usr/bin", "/usr"], (await ReadAllAsync(pipe)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Start_SignalsOfThisProcess_AreDefaultInTheChild()
    {
        // The control: .NET itself ignores SIGPIPE (bit 12 of SigIgn) in this process.
        string own = Line(await File.ReadAllTextAsync("/proc/self/status", TestContext.Current.CancellationToken), "SigIgn:");
        Assert.NotEqual(0UL, Convert.ToUInt64(own, 16) & (1UL << 12));
        (_, string status) = await RunAsync("cat /proc/self/status");

        // glibc's spawn ignores its two internal signals, 32 and 33, in the child until it starts threads of its own.
        Assert.Equal(0UL, Convert.ToUInt64(Line(status, "SigIgn:"), 16) & ~0x1_8000_0000UL);
        Assert.Equal(0UL, Convert.ToUInt64(Line(status, "SigBlk:"), 16));
    }

    [Fact]
    public async Task Start_NewSession_LeadsIt()
    {
        using var pipe = new Pipe();
        using ChildProcess child = ChildProcess.Start(Shell("cut -d' ' -f6 /proc/$$/stat; echo $$") with { NewSession = true, Descriptors = [null, pipe.Writer, null] });
        pipe.Writer.Dispose();
        string[] lines = (await ReadAllAsync(pipe)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines[1], lines[0]);
    }

    [Fact]
    public void Start_MissingProgram_SaysSo()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => ChildProcess.Start(new ChildStart { Path = "/nowhere/at-all", Arguments = ["x"] }));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Equal("posix_spawn(/nowhere/at-all): No such file or directory (errno 2)", error.Message);
    }

    [Fact]
    public void Start_ArgumentWithNul_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ChildProcess.Start(new ChildStart { Path = "/bin/true", Arguments = ["true", "a\0b"] }));

    [Fact]
    public async Task WaitAsync_ManyAtOnce_AllEnd()
    {
        Task<(int Status, string Output)>[] all = [.. Enumerable.Range(0, 40).Select(i => RunAsync($"exit {i}"))];
        Assert.Equal(Enumerable.Range(0, 40), (await Task.WhenAll(all)).Select(r => r.Status));
    }

    [Fact]
    public async Task WaitAsync_Cancelled_LeavesTheChildRunning()
    {
        using ChildProcess child = ChildProcess.Start(new ChildStart { Path = "/bin/sleep", Arguments = ["sleep", "60"] });
        using var cancel = new CancellationTokenSource();
        Task<int> waiting = child.WaitAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(child.Process.HasExited);
        child.Signal(Signals.SIGKILL);
        Assert.Equal(137, await child.WaitAsync(TestContext.Current.CancellationToken));
    }

    private static ChildStart Shell(string script) => new() { Path = "/bin/sh", Arguments = ["sh", "-c", script], Environment = ["PATH=/usr/bin:/bin"] };

    private static async Task<(int Status, string Output)> RunAsync(string script)
    {
        using var pipe = new Pipe();
        using ChildProcess child = ChildProcess.Start(Shell(script) with { Descriptors = [null, pipe.Writer, null] });
        pipe.Writer.Dispose();
        string output = await ReadAllAsync(pipe);
        return (await child.WaitAsync(TestContext.Current.CancellationToken), output);
    }

    private static async Task<string> ReadAllAsync(Pipe pipe)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[65536];
        while (await pipe.ReadAsync(buffer, TestContext.Current.CancellationToken) is var count and > 0)
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return text.ToString();
    }

    private static string Line(string status, string name) =>
        status.Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Fcntl(SafeFileHandle fd, int command, nint argument);

    private static void ClearCloseOnExec(SafeFileHandle handle) => Assert.Equal(0, Fcntl(handle, 2, 0));
}
