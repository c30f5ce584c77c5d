namespace Vitrine.Linux.Tests;

public sealed class ProjectTests
{
    [Fact]
    public void Placeholder() => Assert.NotNull(typeof(ProjectTests).Assembly);
}
