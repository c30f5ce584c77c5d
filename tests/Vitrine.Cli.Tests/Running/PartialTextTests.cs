using System.Text;
using Vitrine.Cli.Running;

namespace Vitrine.Cli.Tests.Running;

public sealed class PartialTextTests
{
    [Fact]
    public void Add_TextSplitAnywhere_ComesOutAsWholeCharacters()
    {
        byte[] text = Encoding.UTF8.GetBytes("aä漢🦊z");
        for (int first = 0; first <= text.Length; first++)
        {
            for (int second = first; second <= text.Length; second++)
            {
                var partial = new PartialText();
                byte[][] pieces = [partial.Add(text.AsSpan(0, first)), partial.Add(text.AsSpan(first..second)),
                    partial.Add(text.AsSpan(second)), partial.Rest()];
                Assert.All(pieces, static p => Assert.True(System.Text.Unicode.Utf8.IsValid(p)));
                Assert.Equal(text, pieces.SelectMany(static p => p));
            }
        }
    }

    [Fact]
    public void Add_Binary_LosesNothing()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 12)];
            random.NextBytes(bytes);
            int cut = random.Next(bytes.Length + 1);
            var partial = new PartialText();
            byte[] all = [.. partial.Add(bytes.AsSpan(0, cut)), .. partial.Add(bytes.AsSpan(cut)), .. partial.Rest()];
            Assert.True(bytes.AsSpan().SequenceEqual(all), $"seed {seed}, round {round}");
        }
    }
}
