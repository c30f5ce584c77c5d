using System.Diagnostics;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Tests;

public sealed class AuditWriterTests : IDisposable
{
    private readonly Trail trail = new();

    public void Dispose() => trail.Dispose();

    [Fact]
    public async Task Write_Returned_TheLineIsInTheFile()
    {
        await using AuditWriter writer = trail.Open();
        await writer.WriteAsync(Trail.Numbered(7), TestContext.Current.CancellationToken);
        Assert.Contains("number 7", trail.Lines()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ChainHeld_SaysWhoHoldsIt()
    {
        await using AuditWriter writer = trail.Open();
        AuditException error = Assert.Throws<AuditException>(() => trail.Open());
        Assert.Equal("audit-locked", error.Code);
    }

    [Fact]
    public async Task OpenFree_ManyAtOnce_EachHasItsOwnChainAndTheyAreUsedAgain()
    {
        var writers = new List<AuditWriter>();
        for (int i = 0; i < 4; i++)
            writers.Add(AuditWriter.OpenFree(trail.Directory, "run", trail.Clock));
        Assert.Equal("run-0 run-1 run-2 run-3", string.Join(" ", writers.Select(writer => writer.Writer)));
        foreach (AuditWriter writer in writers)
            await writer.DisposeAsync();
        await using (AuditWriter again = AuditWriter.OpenFree(trail.Directory, "run", trail.Clock))
            Assert.Equal("run-0", again.Writer);
        Assert.Empty((await trail.VerifyAsync()).Findings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("-rf")]
    [InlineData("A")]
    [InlineData("a\nb")]
    [InlineData("é")]
    [InlineData("a.b")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void Open_NameThatIsNoName_IsRefused(string name)
    {
        AuditException error = Assert.Throws<AuditException>(() => AuditWriter.Open(trail.Directory, name, trail.Clock));
        Assert.Equal("audit-name", error.Code);
        Assert.False(Directory.Exists(trail.Directory));
    }

    [Fact]
    public async Task Open_NewDirectory_IsReadableByItsOwnerAlone()
    {
        await trail.WriteAsync(1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(trail.Directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(trail.File));
    }

    [Fact]
    public void Open_DirectoryOthersMayWriteTo_IsRefusedWithTheCure()
    {
        Directory.CreateDirectory(trail.Directory);
        File.SetUnixFileMode(trail.Directory, (UnixFileMode)0b111_111_111);
        AuditException error = Assert.Throws<AuditException>(() => trail.Open());
        Assert.Contains($"chmod go-w {trail.Directory}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_Again_GoesOnWhereTheChainEnded()
    {
        await trail.WriteAsync(2);
        await trail.WriteAsync(2);
        List<AuditRecord> records = await trail.ReadAsync();
        Assert.Equal(Enumerable.Range(1, 8).Select(n => (long)n), records.Select(record => record.Sequence));
        Assert.Empty((await trail.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Flush_OneSecondAfterALine_TheHeadKnowsIt()
    {
        await using AuditWriter writer = trail.Open();
        await writer.WriteAsync(Trail.Numbered(1), TestContext.Current.CancellationToken);
        Assert.Contains("{\"seq\":1,", await HeadAsync(), StringComparison.Ordinal);
        trail.Clock.Advance(AuditWriter.FlushInterval);
        Assert.Contains("{\"seq\":2,", await HeadAsync(), StringComparison.Ordinal);
        await writer.WriteAsync(Trail.Numbered(2), TestContext.Current.CancellationToken);
        await writer.WriteAsync(Trail.Numbered(3), TestContext.Current.CancellationToken);
        trail.Clock.Advance(AuditWriter.FlushInterval);
        Assert.Contains("{\"seq\":4,", await HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_Asked_TheHeadKnowsTheLastLine()
    {
        await using AuditWriter writer = trail.Open();
        await writer.WriteAsync(Trail.Numbered(1), TestContext.Current.CancellationToken);
        await writer.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Contains("{\"seq\":2,", await HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ManyThreads_OneChain()
    {
        await using (AuditWriter writer = trail.Open())
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, 2000), TestContext.Current.CancellationToken, (i, ct) => writer.WriteAsync(Trail.Numbered(i), ct));
        }

        AuditVerification result = await trail.VerifyAsync();
        Assert.Empty(result.Findings);
        Assert.Equal(2002, Assert.Single(result.Chains).Lines);
    }

    [Fact]
    public async Task Write_FileChangedBehindItsBack_TakesNothingMore()
    {
        await using AuditWriter writer = trail.Open();
        await File.AppendAllTextAsync(trail.File, "forged\n", TestContext.Current.CancellationToken);
        for (int i = 0; i < 2; i++)
        {
            AuditException error = await Assert.ThrowsAsync<AuditException>(() => writer.WriteAsync(Trail.Numbered(i), TestContext.Current.CancellationToken).AsTask());
            Assert.Equal("audit-broken", error.Code);
        }
    }

    [Fact]
    public async Task Flush_FileReplaced_TakesNothingMore()
    {
        await using AuditWriter writer = trail.Open();
        File.Delete(trail.File);
        AuditException error = await Assert.ThrowsAsync<AuditException>(() => writer.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Equal("audit-broken", error.Code);
        await Assert.ThrowsAsync<AuditException>(() => writer.WriteAsync(Trail.Numbered(1), TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Write_AfterDispose_IsRefused()
    {
        AuditWriter writer = trail.Open();
        await writer.DisposeAsync();
        await writer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.WriteAsync(Trail.Numbered(1), TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Write_Cancelled_WritesNothing()
    {
        await using AuditWriter writer = trail.Open();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.WriteAsync(Trail.Numbered(1), cancelled.Token).AsTask());
        Assert.Single(trail.Lines());
    }

    [Fact]
    public async Task Write_TenThousandEvents_CostsLittle()
    {
        await using AuditWriter writer = trail.Open();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 10_000; i++)
            await writer.WriteAsync(Trail.Numbered(i), TestContext.Current.CancellationToken);
        TimeSpan each = Stopwatch.GetElapsedTime(start) / 10_000;
        TestContext.Current.SendDiagnosticMessage($"{each.TotalMicroseconds:F1} µs per event");
        Assert.InRange(each.TotalMicroseconds, 0, 500);
    }

    [Fact]
    public async Task Dispose_InOrder_EndsWithWriterClosed()
    {
        await trail.WriteAsync(0);
        List<AuditRecord> records = await trail.ReadAsync();
        Assert.Equal(Environment.ProcessId, Assert.IsType<WriterOpened>(records[0].Event.Payload).Pid);
        Assert.IsType<WriterClosed>(records[^1].Event.Payload);
    }

    private Task<string> HeadAsync() => File.ReadAllTextAsync(trail.Head, TestContext.Current.CancellationToken);
}
