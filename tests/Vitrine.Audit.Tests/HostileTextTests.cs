using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Vitrine.Audit.Chain;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Tests;

/// <summary>Strings from inside a sandbox, on their way into a line.</summary>
public sealed class HostileTextTests : IDisposable
{
    private readonly Trail trail = new();

    public static TheoryData<string> Hostile =>
    [
        "\n{\"seq\":9,\"type\":\"forged\"}\n",
        "\",\"hash\":\"0000000000000000000000000000000000000000000000000000000000000000\"}\n",
        "\u001b]52;c;Y3VybA==\u0007\u001b[2J",
        "\u0000\u007f\u0085\u2028\u2029\u202e\u2066\u200b\ufeff",
        "é漢😀\U000e0041",
        "\\\"\\u0041/\\",
        "\ud800",
        "a\udc00b\ud83d",
        "",
    ];

    public void Dispose() => trail.Dispose();

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public async Task Write_HostileText_IsOneAsciiLineAndReadsBack(string text)
    {
        await using (AuditWriter writer = trail.Open())
            await writer.WriteAsync(Started(text), TestContext.Current.CancellationToken);
        string line = trail.Lines()[1];
        Assert.Equal(3, trail.Lines().Length);
        Assert.All(line, c => Assert.InRange(c, ' ', '~'));
        Assert.Empty((await trail.VerifyAsync()).Findings);
        var read = Assert.IsType<CommandStarted>((await trail.ReadAsync())[1].Event.Payload);
        Assert.Equal(WithoutLoneSurrogates(text), read.Argv[1]);
        Assert.Equal(WithoutLoneSurrogates(text), read.Cwd);
    }

    [Fact]
    public void Write_AnyText_IsAsciiAndReadsBack() => Prop.ForAll<string[]>(texts =>
    {
        string[] argv = [.. texts.Select(text => text ?? "")];
        var line = new LineWriter();
        line.Open().Texts("argv", argv).Close();
        Assert.DoesNotContain(line.Written.ToArray(), b => b is < (byte)' ' or > (byte)'~');
        using var document = System.Text.Json.JsonDocument.Parse(line.Written.ToArray());
        Assert.Equal(argv.Select(WithoutLoneSurrogates), document.RootElement.GetProperty("argv").EnumerateArray().Select(item => item.GetString()), StringComparer.Ordinal);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Write_TooLong_IsCutWithAMarkAndTheLineSaysHowMuch()
    {
        await using (AuditWriter writer = trail.Open())
            await writer.WriteAsync(Started(new string('x', 100_000)), TestContext.Current.CancellationToken);
        AuditRecord record = (await trail.ReadAsync())[1];
        var read = Assert.IsType<CommandStarted>(record.Event.Payload);
        Assert.Equal(new string('x', LineWriter.MaxText) + $"…[{100_000 - LineWriter.MaxText} characters cut]", read.Cwd);
        Assert.Equal(2 * (100_000 - LineWriter.MaxText), record.Cut);
    }

    [Fact]
    public async Task Write_TooManyArguments_AreCutAndCounted()
    {
        string[] argv = [.. Enumerable.Repeat("x", 5000)];
        await using (AuditWriter writer = trail.Open())
            await writer.WriteAsync(Started("x") with { Payload = new CommandStarted { Argv = argv, Cwd = "/", User = "user" } }, TestContext.Current.CancellationToken);
        AuditRecord record = (await trail.ReadAsync())[1];
        Assert.Equal(5000 - LineWriter.MaxListItems, record.Cut);
        Assert.Equal($"…[{5000 - LineWriter.MaxListItems} items cut]", Assert.IsType<CommandStarted>(record.Event.Payload).Argv[^1]);
    }

    [Fact]
    public void Write_CutBetweenTheHalvesOfACharacter_LeavesNoHalf()
    {
        var line = new LineWriter();
        line.Open().Text("t", "a" + string.Concat(Enumerable.Repeat("😀", LineWriter.MaxText))).Close();
        Assert.DoesNotContain("fffd", System.Text.Encoding.ASCII.GetString(line.Written), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Every string and list of every event, as long as an attacker likes: a member that someone forgets to bound makes a line too long.</summary>
    [Fact]
    public void Write_EveryMemberOfEveryEventHuge_TheLineStaysBounded()
    {
        Type[] payloads = [.. typeof(AuditPayload).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(AuditPayload)) && type != typeof(Unreadable))];
        Assert.Equal(17, payloads.Length);
        foreach (Type type in payloads)
        {
            var payload = (AuditPayload)Huge.Make(type);
            var output = new List<byte>();
            ChainLine.Append(new LineWriter(), output, "cli", 1, DateTimeOffset.UnixEpoch, new AuditEvent { Payload = payload, Source = AuditSource.Guest, Sandbox = Huge.Text, Command = Huge.Text }, ChainLine.Origin);
            Assert.InRange(output.Count, 200, 1024 * 1024);
            Assert.True(ChainLine.TryParse([.. output.SkipLast(1)], out ChainLink link) && link.IsWhole, type.Name);
        }
    }

    [Fact]
    public void Events_NoMember_HoldsTheEnvironmentsValues() =>
        Assert.DoesNotContain(
            typeof(AuditPayload).Assembly.GetTypes().Where(type => type.Namespace == "Vitrine.Audit.Events").SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)),
            property => property.PropertyType.Name.Contains("Dictionary", StringComparison.Ordinal) || property.Name is "Environment" or "Env");

    private static AuditEvent Started(string text) => new()
    {
        Payload = new CommandStarted { Argv = ["sh", text], Cwd = text, User = "user", EnvironmentNames = ["PATH"] },
        Source = AuditSource.Host,
        Sandbox = "abcdefghij012345",
        Command = "1",
    };

    private static string WithoutLoneSurrogates(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
