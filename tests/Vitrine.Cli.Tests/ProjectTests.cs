namespace Vitrine.Cli.Tests;

public sealed class ProjectTests
{
    [Fact]
    public void Placeholder() => Assert.NotNull(typeof(ProjectTests).Assembly);
}
