using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Probing;

/// <summary>The positive controls: each attempt of each probe succeeds where nothing defends. Without that, holding inside would prove nothing.</summary>
public sealed class ProbeControlTests(HostCanary canary) : IClassFixture<HostCanary>
{
    private static readonly string[] HeaderKeys = ["number", "title", "technique", "reference", "expected", "control"];

    public static TheoryData<string> Scripts => [.. ProbeScript.FileNames];

    public static TheoryData<string> HostScripts => [.. ProbeScript.FileNames.Where(f => !ProbeScript.Load(f).IsOutside)];

    [Theory]
    [MemberData(nameof(HostScripts))]
    public async Task Control_OnTheBareHost_EachAttemptFalls(string fileName)
    {
        TestMode.RequireRoot();
        ProbeReport report = await ControlRunner.RunAsync(ProbeScript.Load(fileName), canary);
        Assert.NotEmpty(report.Lines);
        IEnumerable<ProbeLine> unproven = report.Lines
            .Where(l => l.Verdict != ProbeVerdict.Fell)
            .Where(l => l.Verdict == ProbeVerdict.Broke || !MissingControls.Reasons.ContainsKey($"{fileName}/{l.Name}"));
        Assert.Empty(unproven.Select(l => l.ToString()));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Header_OfEachProbe_SaysWhatItIs(string fileName)
    {
        ProbeScript script = ProbeScript.Load(fileName);
        Assert.All(HeaderKeys, key => Assert.True(script.Header.GetValueOrDefault(key) is { Length: > 0 }, $"{fileName} lacks `#: {key}:`"));
        Assert.StartsWith($"{script.Number:00}_", fileName, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingControls_AreFew_AndNameAttemptsThatExist()
    {
        Assert.InRange(MissingControls.Reasons.Count, 0, 5);
        foreach (string name in MissingControls.Reasons.Keys)
        {
            string[] parts = name.Split('/', 2);
            Assert.Contains($"\"{parts[1]}\"", ProbeScript.Load(parts[0]).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_28To45_EachHaveAProbe()
    {
        // 38 (working directory by the exec API) and 39 (links in an image) need the engine's own doors: WorkingDirectoryTests, ImageLinkTests.
        int[] byScripts = [.. ProbeScript.FileNames.Select(f => ProbeScript.Load(f).Number)];
        Assert.Equal(Enumerable.Range(28, 18).Except([38, 39]), byScripts.Where(n => n is >= 28 and <= 45).Distinct().Order());
    }
}
