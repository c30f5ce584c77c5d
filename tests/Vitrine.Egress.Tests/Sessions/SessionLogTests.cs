using Vitrine.Audit.Events;
using Vitrine.Egress.Tests.Support;

namespace Vitrine.Egress.Tests.Sessions;

public sealed class SessionLogTests
{
    private readonly RecordingLog _told = new();
    private readonly SessionLog _log;

    public SessionLogTests() => _log = new SessionLog(_told);

    [Fact]
    public async Task Refuse_TheSameAgain_IsToldOnceAndThenCounted()
    {
        for (int count = 0; count < 1000; count++)
            await _log.RefuseAsync("evil.test", 443, new Refusal("not-allowed", "no", "r", "add"));
        Assert.Equal(("not-allowed", "evil.test", 443, 1L, "add"), Told(Assert.Single(_told.Refused)));
        await _log.FlushAsync();
        Assert.Equal(999, _told.Refused[1].Count);
        await _log.FlushAsync();
        await _log.RefuseAsync("evil.test", 443, new Refusal("not-allowed", "no"));
        Assert.Equal([1L, 999L, 1L], _told.Refused.Select(static one => one.Count));
    }

    [Fact]
    public async Task Refuse_OtherCodeHostOrPort_IsToldByItself()
    {
        await _log.RefuseAsync("evil.test", 443, new Refusal("a", "no"));
        await _log.RefuseAsync("evil.test", 80, new Refusal("a", "no"));
        await _log.RefuseAsync("evil.test", 443, new Refusal("b", "no"));
        await _log.RefuseAsync("bad.test", 443, new Refusal("a", "no"));
        Assert.Equal(4, _told.Refused.Count);
    }

    [Fact]
    public async Task Refuse_EverNewNames_AreLumpedTogetherAndNoneIsLost()
    {
        for (int index = 0; index < 5000; index++)
            await _log.RefuseAsync($"n{index}.test", 443, new Refusal("not-allowed", "no"));
        await _log.FlushAsync();
        Assert.InRange(_told.Refused.Count, 1, SessionLog.MaxKeys + 2);
        Assert.Equal(5000, _told.Refused.Sum(static one => one.Count));
        Assert.Contains(_told.Refused, static one => one.Host == "(others)");
    }

    [Fact]
    public async Task Refuse_LongName_IsCut()
    {
        await _log.RefuseAsync(new string('x', 100_000), 443, new Refusal("a", "no"));
        Assert.InRange(Assert.Single(_told.Refused).Host.Length, 1, 256);
    }

    [Theory]
    [InlineData("metadata.google.internal", "metadata", 1)]
    [InlineData("169.254.169.254", "raw-address", 1)]
    [InlineData("::ffff:169.254.169.254", "raw-address", 1)]
    [InlineData("192.0.2.1", "raw-address", 0)]
    [InlineData("evil.test", "not-allowed", 0)]
    public async Task Refuse_MetadataService_IsAlsoAnAlarm(string host, string code, int alarms)
    {
        await _log.RefuseAsync(host, 80, new Refusal(code, "no"));
        await _log.RefuseAsync(host, 80, new Refusal(code, "no"));
        Assert.Equal(alarms, _told.Alarms.Count);
    }

    private static (string Code, string Host, int Port, long Count, string? Hint) Told(EgressRefused one) => (one.Code, one.Host, one.Port, one.Count, one.Hint);
}
