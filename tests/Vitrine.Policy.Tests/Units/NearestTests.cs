using Vitrine.Policy.Units;

namespace Vitrine.Policy.Tests.Units;

public sealed class NearestTests
{
    private static readonly string[] s_words = ["memory", "cpus", "pids", "wall-clock", "open-files"];

    [Theory]
    [InlineData("memroy", "memory")]
    [InlineData("Memory", "memory")]
    [InlineData("wall_clock", "wall-clock")]
    [InlineData("wallClock", "wall-clock")]
    [InlineData("openfile", "open-files")]
    [InlineData("cpu", "cpus")]
    public void Of_TypingError_IsTheWordMeant(string word, string meant) => Assert.Equal(meant, Nearest.Of(word, s_words));

    [Theory]
    [InlineData("")]
    [InlineData("network")]
    [InlineData("x")]
    public void Of_SomethingElse_IsNothing(string word) => Assert.Null(Nearest.Of(word, s_words));

    [Fact]
    public void Of_VeryLongWord_IsNothing() => Assert.Null(Nearest.Of(new string('m', 100_000), s_words));
}
