using System.CommandLine;
using Vitrine.Cli.Commands;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Tests.Arguments;

public sealed class CommandArgumentsTests
{
    [Theory]
    [InlineData("run python3 -c x", "run -- python3 -c x")]
    [InlineData("run --memory 1GiB python3 -c x", "run --memory 1GiB -- python3 -c x")]
    [InlineData("run --memory=1GiB python3 --json", "run --memory=1GiB -- python3 --json")]
    [InlineData("run --json -q ls", "run --json -q -- ls")]
    [InlineData("run -e A=1 -e B ls -e", "run -e A=1 -e B -- ls -e")]
    [InlineData("run -- ls --", "run -- ls --")]
    [InlineData("run ls -- x", "run -- ls -- x")]
    [InlineData("run --help ls", "run --help -- ls")]
    [InlineData("run --help", "run --help")]
    [InlineData("run", "run")]
    [InlineData("shell fish --login", "shell -- fish --login")]
    [InlineData("doctor x --json", "doctor x --json")]
    public void Protect_FirstWordThatIsNoOption_EndsOurs(string given, string expected)
    {
        string[] arguments = given.Split(' ');
        RootCommand root = CommandTree.Build(CliConsole.ForThisProcess(), arguments[0]);
        Assert.Equal(expected, string.Join(' ', CommandArguments.Protect(root, arguments)));
    }

    [Fact]
    public void Protect_UnknownOption_IsNotTakenForTheCommand()
    {
        RootCommand root = CommandTree.Build(CliConsole.ForThisProcess(), "run");
        Assert.Contains("did you mean --memory?", Assert.Throws<CliException>(() =>
            CommandArguments.Protect(root, ["run", "--memroy", "1GiB", "ls"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--memroy", "--memory")]
    [InlineData("verzion", "version")]
    [InlineData("--json=1", "--json")]
    [InlineData("xyzzy", null)]
    public void Nearest_FindsWhatWasMeant(string given, string? expected) =>
        Assert.Equal(expected, Nearest.To(given, ["--memory", "--mount", "--json", "version", "run"]));
}
