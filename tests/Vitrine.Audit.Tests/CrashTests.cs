using System.Text;
using Vitrine.Audit.Chain;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Tests;

/// <summary>What a crash, a power cut or a hand leaves, and what the next writer makes of it.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly Trail trail = new();

    public void Dispose() => trail.Dispose();

    [Fact]
    public async Task Open_LastLineTornAtAnyByte_IsSealedAndTheChainIsIntact()
    {
        await trail.WriteAsync(2);
        byte[] whole = await File.ReadAllBytesAsync(trail.File, TestContext.Current.CancellationToken);
        int lastLine = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (int cut = lastLine; cut <= whole.Length; cut++)
        {
            await File.WriteAllBytesAsync(trail.File, whole[..cut], TestContext.Current.CancellationToken);
            // A crash is before the head knows of the line.
            new ChainHead(1, HashOf(whole)).Write(trail.Head, durable: false);
            await trail.WriteAsync(1);
            AuditVerification result = await trail.VerifyAsync();
            Assert.True(result.IsIntact, $"cut at {cut - lastLine}: {string.Join("; ", result.Findings)}");
            bool torn = cut > lastLine && cut < whole.Length - 1;
            Assert.Equal(torn, (await trail.ReadAsync()).Any(record => record.Event.Payload is ChainSealed));
            Assert.StartsWith(Encoding.ASCII.GetString(whole[..cut]), await File.ReadAllTextAsync(trail.File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("{\"seq\":5,\"ti\n{\"seq\":6,\n{")]
    [InlineData("half a line\n\n\nand another")]
    public async Task Open_SeveralTornLinesOrAHole_AreSealedAsOne(string debris)
    {
        await trail.WriteAsync(2);
        await File.AppendAllTextAsync(trail.File, debris, TestContext.Current.CancellationToken);
        await trail.WriteAsync(1);
        Assert.Empty((await trail.VerifyAsync()).Findings);
        ChainSealed seal = Assert.Single((await trail.ReadAsync()).Select(record => record.Event.Payload).OfType<ChainSealed>());
        Assert.Equal(debris.Length, seal.TornBytes);
    }

    [Fact]
    public async Task Verify_SealedBytesEditedLater_IsFound()
    {
        await trail.WriteAsync(2);
        await File.AppendAllTextAsync(trail.File, "torn by a power cut", TestContext.Current.CancellationToken);
        await trail.WriteAsync(1);
        Assert.Empty((await trail.VerifyAsync()).Findings);
        string text = await File.ReadAllTextAsync(trail.File, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(trail.File, text.Replace("power cut", "power cup", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(AuditFault.Malformed, Assert.Single((await trail.VerifyAsync()).Findings).Fault);
    }

    [Fact]
    public async Task Open_EndCutOff_GoesOnAfterTheHeadSoThatTheGapStays()
    {
        await trail.WriteAsync(4);
        trail.WriteLines(trail.Lines()[..^3]);
        await trail.WriteAsync(1);
        AuditFinding finding = Assert.Single((await trail.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Removed, 4L, 7L), (finding.Fault, finding.Line, finding.Sequence));
        Assert.Contains(
            "ends at line 3, but line 6 had been written",
            Assert.Single((await trail.ReadAsync()).Select(record => record.Event.Payload).OfType<ChainDamaged>()).Found,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_LastLineReplacedByAWellFormedOne_ShowsToo()
    {
        await trail.WriteAsync(1);
        string[] old = trail.Lines();
        using var forged = new Trail();
        forged.Clock.Advance(TimeSpan.FromDays(1));
        await forged.WriteAsync(1);
        trail.WriteLines([.. old[..^1], forged.Lines()[^1]]);
        await trail.WriteAsync(1);
        Assert.NotEmpty((await trail.VerifyAsync()).Findings);
        Assert.Contains(await trail.ReadAsync(), record => record.Event.Payload is ChainDamaged);
    }

    [Fact]
    public async Task Open_HeadUnreadable_IsNotedInTheChain()
    {
        await trail.WriteAsync(1);
        await File.WriteAllTextAsync(trail.Head, "nonsense", TestContext.Current.CancellationToken);
        await trail.WriteAsync(1);
        Assert.Contains(await trail.ReadAsync(), record => record.Event.Payload is ChainDamaged);
    }

    [Fact]
    public async Task Open_NotAChainAtAll_IsRefusedAndLeftAlone()
    {
        await trail.WriteAsync(1);
        byte[] other = new byte[ChainTail.MaxSearch + 1];
        await File.WriteAllBytesAsync(trail.File, other, TestContext.Current.CancellationToken);
        AuditException error = Assert.Throws<AuditException>(() => trail.Open());
        Assert.Equal("audit-broken", error.Code);
        Assert.Equal(other.Length, new FileInfo(trail.File).Length);
    }

    [Fact]
    public async Task Kill_AtAnyMoment_LeavesAChainThatVerifies()
    {
        const int rounds = 12;
        for (int round = 0; round < rounds; round++)
        {
            var start = new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, ["-class", "Vitrine.Audit.Tests.EndlessWriter", "-explicit", "only"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[EndlessWriter.Variable] = trail.Directory;
            using var process = System.Diagnostics.Process.Start(start)!;
            long before = File.Exists(trail.File) ? new FileInfo(trail.File).Length : 0;
            while (!process.HasExited && (!File.Exists(trail.File) || new FileInfo(trail.File).Length < before + 20_000 + (round * 3_333)))
                await Task.Yield();
            Assert.False(process.HasExited, "the writer ended by itself");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Empty((await trail.VerifyAsync()).Findings);
        }

        Assert.Equal(rounds, (await trail.ReadAsync()).Count(record => record.Event.Payload is WriterOpened));
    }

    private static string HashOf(byte[] chain) => HashOf(Encoding.ASCII.GetString(chain).Split('\n')[0]);

    private static string HashOf(string line) => line[^66..^2];
}
