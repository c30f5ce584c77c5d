using Vitrine.Guest.Tests.Support;
using Vitrine.Linux;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>What a command is given, and what is told of its end.</summary>
public sealed class CommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ArgumentsAndEnvironment_ArriveExactly()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        var request = Run.Request("python3", "-c", "import sys,os; print(ascii(sys.argv[1:])); print(ascii(sorted(os.environ.items())))", "", "a b", "ü\n\t'", "--x") with
        {
            Environment = ["PATH=/usr/bin", "EMPTY=", "NAME=ü=1"],
        };
        Outcome outcome = await sandbox.Guest.ToEndAsync(request);
        Assert.Equal(0, outcome.Exit.Code);
        Assert.Equal("['', 'a b', \"\\xfc\\n\\t'\", '--x']", outcome.Lines[0]);
        Assert.Equal("[('EMPTY', ''), ('LC_CTYPE', 'C.UTF-8'), ('NAME', '\\xfc=1'), ('PATH', '/usr/bin')]", outcome.Lines[1]);
    }

    [Fact]
    public async Task Start_IdentityAndLimits_AreApplied()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        var request = Run.Shell("id -u; id -g; id -G; umask; ulimit -Sn; ulimit -Hn; ulimit -c; pwd; tr -d ' ' </proc/self/oom_score_adj") with
        {
            Uid = 1234,
            Gid = 2345,
            Groups = [77, 78],
            Umask = 0b000_111_111,
            ResourceLimits = [new ResourceLimit(7, 99), new ResourceLimit(4, 512)],
            WorkingDirectory = "/usr/bin",
        };
        Outcome outcome = await sandbox.Guest.ToEndAsync(request);
        Assert.Equal(["1234", "2345", "2345 77 78", "0077", "99", "99", "1", "/usr/bin", "1000"], outcome.Lines);
    }

    [Fact]
    public async Task Start_LimitAboveTheGuestsOwn_IsTheGuestsOwn()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome own = await sandbox.Guest.ShellAsync("ulimit -Hn");
        Outcome asked = await sandbox.Guest.ToEndAsync(Run.Shell("ulimit -Hn") with { ResourceLimits = [new ResourceLimit(7, ulong.MaxValue)] });
        Assert.Equal(own.Text, asked.Text);
    }

    [Fact]
    public async Task Start_LimitsOfOneCommand_DoNotReachTheNext()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome before = await sandbox.Guest.ShellAsync("ulimit -n; umask");
        await sandbox.Guest.ToEndAsync(Run.Shell("ulimit -n") with { ResourceLimits = [new ResourceLimit(7, 5), new ResourceLimit(9, 1 << 30)], Umask = 0b111_111_111 });
        Outcome after = await sandbox.Guest.ShellAsync("ulimit -n; umask");
        Assert.Equal(before.Text, after.Text);
    }

    [Fact]
    public async Task Start_ClosedInput_ReadsAsEmpty()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ShellAsync("wc -c; readlink /proc/self/fd/0");
        Assert.Equal(["0", "/dev/null"], outcome.Lines);
    }

    [Fact]
    public async Task Start_OpenInput_CarriesBytesBothWaysUntilItsEnd()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        byte[] sent = new byte[3_000_000];
        Random.Shared.NextBytes(sent);
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Request("cat") with { OpenInput = true }, Token);
        Task writing = Task.Run(
            async () =>
            {
                await channel.Input.WriteAsync(sent, Token);
                await channel.Input.DisposeAsync();
            },
            Token);
        Outcome outcome = await channel.ToEndAsync();
        await writing;
        Assert.Equal(0, outcome.Exit.Code);
        Assert.True(sent.AsSpan().SequenceEqual(outcome.Output));
    }

    [Fact]
    public async Task Start_InputNobodyReads_IsToldAndHoldsNothingUp()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Shell("exec <&-; echo closed; sleep 100") with { OpenInput = true }, Token);
        await channel.LineWithAsync("closed");
        await Assert.ThrowsAsync<GuestClosedException>(async () =>
        {
            while (true)
                await channel.Input.WriteAsync(new byte[4096], Token);
        });
        await channel.SignalAsync(9, SignalScope.Tree, Token);
        Assert.Equal(9, (await channel.Exited).Signal);
    }

    [Fact]
    public async Task Exit_CodeSignalAndUsage_AreTold()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Assert.Equal(42, (await sandbox.Guest.ShellAsync("exit 42")).Exit.Code);
        Assert.Equal(15, (await sandbox.Guest.ShellAsync("kill $$")).Exit.Signal);
        CommandExit busy = (await sandbox.Guest.PythonAsync("b=bytearray(50_000_000)\nfor i in range(3_000_000): pass")).Exit;
        Assert.InRange(busy.UserMicroseconds, 10_000ul, 60_000_000ul);
        Assert.InRange(busy.PeakResidentBytes, 50_000_000ul, 1_000_000_000ul);
        Assert.False(busy.TimedOut);
    }

    [Theory]
    [InlineData("no-such-program", "/", Errno.ENOENT, "in no directory of PATH")]
    [InlineData("/no/such/program", "/", Errno.ENOENT, "not in the image")]
    [InlineData("/etc/passwd", "/", Errno.EACCES, "not executable")]
    [InlineData("/tmp", "/", Errno.EACCES, "execve(/tmp)")]
    [InlineData("true", "/missing", Errno.ENOENT, "chdir(/missing)")]
    [InlineData("true", "/etc/passwd", Errno.ENOTDIR, "chdir(/etc/passwd)")]
    [InlineData("true", "relative", Errno.EINVAL, "not an absolute path")]
    [InlineData("true\0x", "/", Errno.EINVAL, "NUL")]
    [InlineData("", "/", Errno.EINVAL, "needs a program")]
    public async Task Start_Impossible_FailsWithReason(string program, string directory, int errno, string sentence)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(
            () => sandbox.Guest.StartAsync(Run.Request(program) with { WorkingDirectory = directory }, Token));
        Assert.Equal(errno, error.Errno);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal("still here\n", (await sandbox.Guest.ShellAsync("echo still here")).Text);
    }

    [Theory]
    [InlineData(60000, 1000)]
    [InlineData(1000, 60000)]
    [InlineData(uint.MaxValue, 1000)]
    [InlineData(1000, uint.MaxValue)]
    public async Task Start_GuestsOwnIds_AreRefused(uint uid, uint gid)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(
            () => sandbox.Guest.StartAsync(Run.Request("true") with { Uid = uid, Gid = gid }, Token));
        Assert.Equal(Errno.EPERM, error.Errno);
    }

    [Fact]
    public async Task Start_GuestsOwnGroupAsFurtherGroup_IsRefused()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(
            () => sandbox.Guest.StartAsync(Run.Request("true") with { Groups = [5, 60000] }, Token));
        Assert.Equal(Errno.EPERM, error.Errno);
    }

    [Fact]
    public async Task Start_NameWithoutSlash_IsFoundInPathOfTheCommand()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await sandbox.Guest.ShellAsync("mkdir /tmp/a /tmp/b; touch /tmp/a/tool; printf '#!/bin/sh\\necho b\\n' >/tmp/b/tool; chmod 755 /tmp/b/tool");
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Request("tool") with { Environment = ["PATH=/nowhere:/tmp/a:/tmp/b"] });
        Assert.Equal("b\n", outcome.Text);
    }

    [Fact]
    public async Task Start_ThirtyAtOnce_EachGetsItsOwn()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => sandbox.Guest.ShellAsync($"echo {i}; exit {i}")));
        Assert.All(outcomes, static (outcome, i) => Assert.Equal(($"{i}\n", i), (outcome.Text, outcome.Exit.Code)));
    }
}
