using System.Runtime.InteropServices;
using Vitrine.Guest.Tests.Support;
using Vitrine.Linux;
using Vitrine.Policy.Compile.Seccomp;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>The filter that the tightest policy compiles to lets commands, terminals and the file helper work.</summary>
public sealed class PolicyFilterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_OfTheTightestPolicy_LetsEverythingWork(bool refuseSetIdBits)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(setup: Setup(refuseSetIdBits));
        GuestConnection guest = sandbox.Guest;
        Outcome outcome = await guest.PythonAsync("import subprocess;print(subprocess.check_output(['sh','-c','echo $((6*7))']).decode())");
        Assert.Equal("42", outcome.Lines[0]);
        outcome = await guest.ToEndAsync(Run.Shell("stty size") with { Terminal = new TerminalSize(60, 20) });
        Assert.Equal("20 60", outcome.Lines[0]);

        await guest.WriteAsync(new FileRequest { Operation = FileOperation.Write, Path = "/tmp/a/f", Recursive = true }, "abc"u8.ToArray());
        Assert.Equal("abc"u8.ToArray(), await guest.ReadAsync("/tmp/a/f"));
        Assert.Equal(3ul, (await guest.StatAsync("/tmp/a/f")).Size);
        await guest.MoveAsync("/tmp/a/f", "/tmp/g");
        Assert.Equal(2, (await guest.ListAsync("/tmp", 2)).Count);
        await guest.RemoveAsync("/tmp/a", recursive: true);
        await using GuestChannel watch = await guest.FileAsync(new FileRequest { Operation = FileOperation.Watch, Path = "/tmp", Recursive = true }, Token);
        await using IAsyncEnumerator<FileEvent> events = FileRecords.EventsAsync(watch.Output, Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Filter_WithWritableHostMounts_RefusesSetIdBitsOnly()
    {
        const string script =
            """
            import os
            for mode in 0o755, 0o4755, 0o2755:
                open('/tmp/f','w').close()
                try: os.chmod('/tmp/f', mode); print(oct(mode), 'done')
                except OSError as e: print(oct(mode), e.errno)
            """;
        await using Sandbox refusing = await Sandbox.StartAsync(setup: Setup(refuseSetIdBits: true));
        Assert.Equal(["0o755 done", $"0o4755 {Errno.EPERM}", $"0o2755 {Errno.EPERM}"], (await refusing.Guest.PythonAsync(script)).Lines);

        // The control: without it the kernel lets the owner.
        await using Sandbox allowing = await Sandbox.StartAsync(setup: Setup(refuseSetIdBits: false));
        Assert.Equal(["0o755 done", "0o4755 done", "0o2755 done"], (await allowing.Guest.PythonAsync(script)).Lines);
    }

    private static GuestSetup Setup(bool refuseSetIdBits) => new()
    {
        PreparedHelpers = 1,
        CommandFilter = SeccompCompiler.Compile(new SeccompRequest
        {
            Architecture = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? CpuArchitecture.X64 : CpuArchitecture.Arm64,
            RefuseSetIdBits = refuseSetIdBits,
        }).Command,
    };
}
