using System.Text;
using Vitrine.Engine.Egress;

namespace Vitrine.Engine.Tests.Egress;

public sealed class SecretCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_Output_IsReturnedAsItIs() => Assert.Equal("a value\n", await RunAsync("printf", "a %s\n", "value"));

    [Fact]
    public async Task RunAsync_ShellsText_IsNotRead() => Assert.Equal("$(id) ; $HOME\n", await RunAsync("echo", "$(id) ; $HOME"));

    [Fact]
    public async Task RunAsync_Environment_IsOurs()
    {
        string path = Environment.GetEnvironmentVariable("PATH")!;
        Assert.StartsWith(path[..Math.Min(path.Length, 50)], await RunAsync("printenv", "PATH"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Input_IsAtItsEnd() => Assert.Equal("", await RunAsync("cat"));

    [Fact]
    public async Task RunAsync_TooMuch_IsCutAndTheProgramEnded() => Assert.Equal(100, (await RunAsync("yes")).Length);

    [Fact]
    public async Task RunAsync_Fails_SaysItsCodeAndNothingItPrinted()
    {
        IOException error = await Assert.ThrowsAsync<IOException>(() => RunAsync("/bin/sh", "-c", "echo hush; echo hush >&2; exit 3"));
        Assert.Equal("it ended with 3", error.Message);
    }

    [Fact]
    public async Task RunAsync_Missing_SaysSo()
    {
        IOException error = await Assert.ThrowsAsync<IOException>(() => RunAsync("no-such-program-anywhere"));
        Assert.Contains("PATH", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Endless_TimesOutAndIsKilled()
    {
        var clock = new ManualTimeProvider();
        Task<byte[]> running = SecretCommand.RunAsync(["sleep", "4711"], 100, clock, Token);
        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
        }

        await Assert.ThrowsAsync<TimeoutException>(() => running);
    }

    private static async Task<string> RunAsync(params string[] command) =>
        Encoding.UTF8.GetString(await SecretCommand.RunAsync(command, 100, TimeProvider.System, Token));
}
