using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Policy;

namespace Vitrine.Cli.Tests.Arguments;

public sealed class LimitArgumentsTests
{
    [Fact]
    public void Read_EveryOption_GivesItsOverride()
    {
        LimitOverrides limits = LimitArguments.Read(
        [
            new("--memory", "memory", "2GiB"), new("--cpus", "cpus", "0.5"), new("--pids", "pids", "64"), new("--disk", "disk", "100MiB"),
            new("--output-limit", "output", "1MiB"), new("--timeout", "wall-clock", "1h30m"), new("--idle", "idle", "none"),
        ]);
        Assert.Equal(
            new LimitOverrides
            {
                MemoryBytes = 2L << 30,
                CpuMillis = 500,
                Pids = 64,
                DiskBytes = 100 << 20,
                OutputBytes = 1 << 20,
                WallClock = TimeSpan.FromMinutes(90),
                Idle = TimeSpan.Zero,
            },
            limits);
    }

    [Theory]
    [InlineData("--memory", "memory", "12", 125, "Write 12MiB")]
    [InlineData("--memory", "memory", "much", 125, "is not a size")]
    [InlineData("--memory", "memory", "", 125, "--memory ")]
    [InlineData("--memory", "memory", "1GiB, pids: 9", 125, "--memory 1GiB, pids: 9")]
    [InlineData("--memory", "memory", "\"}, \"x", 125, "--memory")]
    [InlineData("--memory", "memory", "1MiB", 122, "outside 16MiB to")]
    [InlineData("--pids", "pids", "many", 125, "--pids many")]
    [InlineData("--timeout", "wall-clock", "10", 125, "--timeout 10")]
    public void Read_WhatCannotBe_SaysSoWithTheOption(string option, string key, string value, int exitCode, string expected)
    {
        CliException error = Assert.Throws<CliException>(() => LimitArguments.Read([new(option, key, value)]));
        Assert.Equal(exitCode, error.ExitCode);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_UserAndBestEffort_ChangeThePolicyAndNothingElse()
    {
        PolicyDocument policy = PolicyFiles.Read(path: null).Policy!;
        PolicyDocument changed = LimitArguments.Apply(policy, new SandboxArguments { User = "root", BestEffort = ["cpus", "disk"] });
        Assert.Equal(0u, changed.User.Uid);
        Assert.Equal("cpus disk", string.Join(' ', changed.Limits.BestEffort));
        Assert.Equal(policy.Limits.MemoryBytes, changed.Limits.MemoryBytes);
    }

    [Theory]
    [InlineData("60000")]
    [InlineData("no such user!")]
    public void Apply_UserThatMayNotBe_IsRefused(string user) =>
        Assert.Contains("--user", Assert.Throws<CliException>(() =>
            LimitArguments.Apply(PolicyFiles.Read(path: null).Policy!, new SandboxArguments { User = user })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Environment_NamesAndValues_AreToldApart()
    {
        EnvironmentArguments environment = EnvironmentArguments.Read(["A=1", "B=x=y", "C=", "PATH"]);
        Assert.Equal("A=1;B=x=y;C=", string.Join(';', environment.Set.Select(static v => $"{v.Key}={v.Value}")));
        Assert.Equal("PATH", Assert.Single(environment.Pass));
        Assert.Throws<CliException>(static () => EnvironmentArguments.Read(["=x"]));
    }
}
