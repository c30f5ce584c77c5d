using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Reading;

/// <summary>The reader takes any text: it never throws, is done in bounded time, and gives either a policy or errors.</summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output)
{
    private const string Alphabet = "abz019 \t\n\r:-?,[]{}#&*!|>'\"%@`~.\\/\u0085\u2028\uFEFF\uD800é漢\0\x1b<=$+_";
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    [Fact]
    public void Read_ArbitraryText_NeverThrows() =>
        Prop.ForAll<string>(text => Survives(text ?? "")).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_RandomYamlCharacters_NeverThrows()
    {
        const int Seed = 20260131;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int round = 0; round < 20_000; round++)
        {
            char[] text = new char[random.Next(0, 120)];
            for (int index = 0; index < text.Length; index++) text[index] = Alphabet[random.Next(Alphabet.Length)];
            Assert.True(Survives(new string(text)));
        }
    }

    [Fact]
    public void Read_MutatedReadyPolicies_NeverThrowsAndPlansOrSaysWhyNot()
    {
        const int Seed = 42;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        string[] samples = [.. Directory.GetFiles(Path.Combine(Repository.Root, "policies"), "*.yaml").Order(StringComparer.Ordinal)
            .Select(File.ReadAllText)];
        for (int round = 0; round < 3_000; round++)
        {
            string text = samples[random.Next(samples.Length)];
            for (int change = random.Next(1, 6); change > 0; change--) text = Mutate(text, random, samples);
            Assert.True(Survives(text), text);
            if (PolicyReader.Read(text, "fuzz").Policy is not { } policy) continue;
            PlanResult result = SandboxPlanner.Plan(policy, Policies.Operator, new TypicalHost(), FixedClock.Noon);
            Assert.Equal(result.Plan is null, result.Problems.Any(problem => problem.Severity == ProblemSeverity.Error));
            Assert.NotNull(PolicyWriter.Write(policy));
            Assert.NotEmpty(PolicyExplainer.Explain(policy));
        }
    }

    [Theory]
    [InlineData("[", 1)]
    [InlineData("{", 1)]
    [InlineData("- ", 2)]
    [InlineData("a: ", 3)]
    [InlineData("? ", 2)]
    [InlineData("\"", 1)]
    [InlineData("'", 1)]
    [InlineData("a: |\n ", 6)]
    [InlineData("&a ", 3)]
    [InlineData("!!a ", 4)]
    [InlineData("# c\n", 4)]
    [InlineData("x", 1)]
    [InlineData(" ", 1)]
    [InlineData("\n", 1)]
    [InlineData("a: 1\n", 5)]
    [InlineData("[a, ", 4)]
    [InlineData("%YAML 1.2\n", 10)]
    [InlineData("--- \n", 5)]
    public void Read_LargestTextOfOnePiece_IsDoneInBoundedTime(string piece, int length)
    {
        string text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / length));
        long start = Stopwatch.GetTimestamp();
        Assert.True(Survives(text));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_longest);
    }

    private static bool Survives(string text)
    {
        PolicyReadResult result = PolicyReader.Read(text, "fuzz");
        bool hasErrors = result.Problems.Any(problem => problem.Severity == ProblemSeverity.Error);
        return hasErrors == (result.Policy is null) && result.Problems.All(problem => problem.ToString().Length < 2000);
    }

    private static string Mutate(string text, Random random, string[] samples)
    {
        if (text.Length < 2) return "x: y";
        int at = random.Next(text.Length - 1);
        int length = Math.Min(random.Next(1, 40), text.Length - at);
        string other = samples[random.Next(samples.Length)];
        return random.Next(5) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
            2 => text.Insert(at, text.Substring(at, length)),
            3 => text.Insert(at, other.Substring(random.Next(other.Length / 2), Math.Min(30, other.Length / 2))),
            _ => text[..at] + Alphabet[random.Next(Alphabet.Length)] + text[(at + 1)..],
        };
    }
}
