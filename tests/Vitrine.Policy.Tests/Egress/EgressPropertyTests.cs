using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Tests.Egress;

/// <summary>What must hold of any rules and any name: a fixed seed, so that a failure can be looked at again.</summary>
public sealed class EgressPropertyTests
{
    private const int Rounds = 20_000;

    private static readonly string[] s_labels = ["a", "b", "www", "api", "evil", "example", "xn--bcher-kva", "10", "0x7f", "metadata"];
    private static readonly string[] s_ends = ["org", "net", "example", "internal", "1"];
    private static readonly string[] s_tricks =
        ["", ".", "..", ".evil", "evil", "\0", "%00", "\r\n", "@", "*.", "xn--", "\u3002", ":443", "/", " ", "-", "ı", "K"];

    [Fact]
    public void Normalize_Anything_IsIdempotentAndTakesNothingElse()
    {
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            string text = Trick(random);
            if (HostName.Normalize(text, out string name) != HostNameFault.None)
            {
                Assert.Empty(name);
                continue;
            }

            Assert.Equal(HostNameFault.None, HostName.Normalize(name, out string again));
            Assert.Equal(name, again);
            Assert.Equal(text, name, ignoreCase: true);
            Assert.True(HostName.IsNormal(name));
            Assert.All(name, character => Assert.True(char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character)
                || character is '.' or '-' or '_'));
        }
    }

    [Fact]
    public void Judge_WhateverItAllows_IsInsideTheRulesPatternAndPortsAndNotDenied()
    {
        var random = new Random(2);
        int allowed = 0;
        int denied = 0;
        for (int round = 0; round < Rounds; round++)
        {
            EgressPlan plan = Plan(random);
            string host = Trick(random, plan);
            int port = random.Next(-2, 12);
            EgressVerdict verdict = EgressJudge.Judge(plan, host, port);
            bool isDenied = plan.Deny.Any(rule => Inside(rule, host, port));
            if (isDenied)
            {
                Assert.False(verdict.Allowed);
                denied++;
            }

            if (!verdict.Allowed) continue;
            allowed++;
            Assert.True(Inside(verdict.Rule!, host, port), $"{host}:{port} by {verdict.Rule!.Host}");
            Assert.Same(plan.Allow.First(rule => Inside(rule, host, port)), verdict.Rule);
            Assert.True(EgressJudge.JudgeName(plan, host).Allowed);
        }

        Assert.True(allowed > 200, $"only {allowed} were allowed");
        Assert.True(denied > 200, $"only {denied} were denied");
    }

    [Fact]
    public void JudgeName_Name_AgreesWithSomePort()
    {
        var random = new Random(3);
        for (int round = 0; round < Rounds / 10; round++)
        {
            EgressPlan plan = Plan(random);
            string host = Trick(random, plan);
            Assert.Equal(Enumerable.Range(0, 12).Any(port => EgressJudge.Judge(plan, host, port).Allowed),
                EgressJudge.JudgeName(plan, host).Allowed);
        }
    }

    [Fact]
    public void Merge_Ranges_AreAscendingDisjointAndHoldTheSamePorts()
    {
        var random = new Random(4);
        for (int round = 0; round < Rounds / 10; round++)
        {
            PortRange[] ranges = Ranges(random);
            IReadOnlyList<PortRange> merged = PortText.Merge(ranges);
            for (int index = 1; index < merged.Count; index++) Assert.True(merged[index].First > merged[index - 1].Last + 1);
            for (int port = 0; port < 14; port++)
                Assert.Equal(ranges.Any(range => range.First <= port && port <= range.Last),
                    merged.Any(range => range.First <= port && port <= range.Last));
            Assert.Equal(merged, PortText.Merge(merged));
        }
    }

    // Told apart by labels, not by the text as the judge does.
    private static bool Inside(EgressRule rule, string host, int port)
    {
        string[] labels = host.Split('.');
        string[] wanted = rule.Host.Split('.');
        bool named = wanted[0] == "*"
            ? labels.Length >= wanted.Length && labels.TakeLast(wanted.Length - 1).SequenceEqual(wanted.Skip(1), StringComparer.OrdinalIgnoreCase)
            : labels.SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase);
        return named && rule.Ports.Any(range => range.First <= port && port <= range.Last);
    }

    private static EgressPlan Plan(Random random) => new()
    {
        Allow = [.. Enumerable.Range(0, random.Next(0, 5)).Select(index => Rule(random, $"allow{index}"))],
        Deny = [.. Enumerable.Range(0, random.Next(0, 3)).Select(index => Rule(random, $"deny{index}"))],
    };

    private static EgressRule Rule(Random random, string id) => new()
    {
        Id = id,
        Host = (random.Next(2) == 0 ? "*." : "") + Name(random).ToLowerInvariant(),
        Ports = PortText.Merge(Ranges(random)),
    };

    private static PortRange[] Ranges(Random random) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
    {
        int first = random.Next(1, 10);
        return new PortRange((ushort)first, (ushort)random.Next(first, 12));
    })];

    private static string Name(Random random) =>
        string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => s_labels[random.Next(s_labels.Length)])
            .Append(s_ends[random.Next(s_ends.Length - 1)]));

    private static string Trick(Random random, EgressPlan? plan = null)
    {
        EgressRule[] rules = [.. plan?.Allow ?? [], .. plan?.Deny ?? []];
        string name = rules.Length > 0 && random.Next(4) != 0 ? rules[random.Next(rules.Length)].Host : Name(random);
        if (random.Next(2) == 0) name = name.Replace("*", s_labels[random.Next(s_labels.Length)], StringComparison.Ordinal);
        if (random.Next(3) == 0) name = name.ToUpperInvariant();
        if (random.Next(3) == 0) name += s_tricks[random.Next(s_tricks.Length)];
        if (random.Next(3) == 0) name = s_tricks[random.Next(s_tricks.Length)] + name;
        return random.Next(6) == 0 ? name.Insert(random.Next(name.Length + 1), s_tricks[random.Next(s_tricks.Length)]) : name;
    }
}
