using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Tests.Processes;

public sealed class ProcessRecordsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vitrine-records-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Sweep_LivingProcess_IsKilledAndTakenOffFile()
    {
        using ChildProcess sleeper = Sleeper();
        var records = new ProcessRecords(_directory, "mine.");
        records.Write("one", sleeper.Pid);
        Assert.Equal(["one"], records.Names());
        Assert.False(records.Sweep());
        Assert.Equal(137, await sleeper.WaitAsync(TestContext.Current.CancellationToken));
        Assert.True(records.Sweep());
        Assert.Empty(records.Names());
    }

    [Fact]
    public async Task Sweep_IdUsedAgainOrAnothersFile_IsLeftAlone()
    {
        using ChildProcess sleeper = Sleeper();
        await File.WriteAllTextAsync(_directory + "/mine.old", $"{sleeper.Pid} 1\n", TestContext.Current.CancellationToken);
        var other = new ProcessRecords(_directory, "other.");
        other.Write("two", sleeper.Pid);
        Assert.True(new ProcessRecords(_directory, "mine.").Sweep());
        Assert.False(sleeper.Process.HasExited);
        Assert.Equal(["two"], other.Names());
        other.Remove("two");
        Assert.Empty(other.Names());
        sleeper.Signal(Signals.SIGKILL);
        await sleeper.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x y")]
    [InlineData("1 1")]
    [InlineData("-1 1")]
    [InlineData("0 0")]
    public void Sweep_Nonsense_KillsNobody(string text)
    {
        File.WriteAllText(_directory + "/mine.bad", text);
        Assert.True(new ProcessRecords(_directory, "mine.").Sweep());
        Assert.Empty(Directory.GetFiles(_directory));
    }

    private static ChildProcess Sleeper() => ChildProcess.Start(new ChildStart { Path = "/bin/sleep", Arguments = ["sleep", "1000"] });
}
