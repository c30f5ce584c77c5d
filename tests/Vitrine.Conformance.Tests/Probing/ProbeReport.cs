using System.Globalization;

namespace Vitrine.Conformance.Tests.Probing;

/// <summary>What one attempt came to.</summary>
internal enum ProbeVerdict
{
    /// <summary>The boundary held.</summary>
    Held,

    /// <summary>The attempt got what it wanted.</summary>
    Fell,

    /// <summary>The attempt itself is broken and proves nothing.</summary>
    Broke,
}

/// <summary>One line of a probe.</summary>
internal sealed record ProbeLine(string Name, ProbeVerdict Verdict, string Detail)
{
    public override string ToString() => $"{Verdict.ToString().ToUpperInvariant()} {Name} {Detail}";
}

/// <summary>What a whole probe printed, read strictly: a line that is missing or not understood is an error.</summary>
internal sealed record ProbeReport(IReadOnlyList<ProbeLine> Lines)
{
    public static ProbeReport Parse(string output, string context)
    {
        var lines = new List<ProbeLine>();
        int? done = null;
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ', 3);
            if (parts[0] == "DONE")
                done = int.Parse(parts[1], CultureInfo.InvariantCulture);
            else if (parts.Length >= 2 && Enum.TryParse(parts[0], ignoreCase: true, out ProbeVerdict verdict) && done is null)
                lines.Add(new ProbeLine(parts[1], verdict, parts.Length > 2 ? parts[2] : ""));
            else
                Assert.Fail($"The probe printed a line that is none of its own: {line}\n{context}");
        }

        Assert.True(done is not null, $"The probe did not reach its end.\n{context}");
        Assert.Equal(done, lines.Count);
        Assert.Equal(lines.Count, lines.DistinctBy(l => l.Name, StringComparer.Ordinal).Count());
        return new ProbeReport(lines);
    }
}
