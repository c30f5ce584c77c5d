using System.Text;
using Vitrine.Audit.Events;
using Vitrine.Cli.Output;
using Vitrine.Cli.Running;

namespace Vitrine.Cli.Tests.Running;

/// <summary>What a person reads of what was refused on the way out.</summary>
public sealed class RefusalLinesTests : IDisposable
{
    private readonly MemoryStream _error = new();
    private readonly RefusalLines _lines;

    public RefusalLinesTests() => _lines = new RefusalLines(new CliConsole { Output = Stream.Null, Error = _error });

    public void Dispose() => _error.Dispose();

    private string[] Said => Encoding.UTF8.GetString(_error.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Say_Refusal_IsOneLineWithWhatToAdd()
    {
        _lines.Say(Refusal("api.example.org", 443, "Add `--allow api.example.org`, or `- api.example.org` below egress.allow"));
        Assert.Equal(
            ["vitrine: egress: no rule allows api.example.org:443. Add `--allow api.example.org`, or `- api.example.org` below egress.allow."], Said);
    }

    [Fact]
    public void Say_SameHostAgain_IsSilent()
    {
        _lines.Say(Refusal("api.example.org", 0));
        _lines.Say(Refusal("api.example.org", 443));
        _lines.Say(Refusal("api.example.org", 443));
        Assert.Single(Said);
    }

    [Fact]
    public void Say_OtherPortsOfAnAllowedHost_AreLinesOfTheirOwn()
    {
        _lines.Say(Refusal("api.example.org", 80) with { Code = "port" });
        _lines.Say(Refusal("api.example.org", 81) with { Code = "port" });
        Assert.Equal(2, Said.Length);
    }

    [Fact]
    public void Say_EverNewNames_EndsWithWhereTheRestIs()
    {
        for (int i = 0; i < 1000; i++)
            _lines.Say(Refusal($"n{i}.example.org", 443));
        Assert.Equal(RefusalLines.Most + 1, Said.Length);
        Assert.Contains("vitrine audit show --type egress.refused", Said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Say_HostileText_CannotMoveTheCursor()
    {
        _lines.Say(Refusal("a\e[2Jb", 443) with { Message = "no rule allows a\e[2J\rb:443" });
        Assert.DoesNotContain('\e', Encoding.UTF8.GetString(_error.ToArray()));
        Assert.DoesNotContain('\r', Encoding.UTF8.GetString(_error.ToArray()));
    }

    [Fact]
    public void Say_Alarm_SaysWhichKind()
    {
        _lines.Say(new EgressAlarm { Kind = "metadata", Host = "169.254.169.254", Port = 80, Message = "169.254.169.254 was asked for" });
        Assert.Equal(["vitrine: egress: alarm (metadata): 169.254.169.254 was asked for."], Said);
    }

    private static EgressRefused Refusal(string host, int port, string? hint = null) =>
        new() { Code = "not-allowed", Host = host, Port = port, Message = $"no rule allows {host}:{port}", Hint = hint };
}
