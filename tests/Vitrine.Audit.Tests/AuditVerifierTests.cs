using System.Text;

namespace Vitrine.Audit.Tests;

public sealed class AuditVerifierTests : IDisposable
{
    private readonly Trail trail = new();

    public void Dispose() => trail.Dispose();

    [Fact]
    public async Task Verify_UntouchedChain_IsIntactAndSaysWhereItEnds()
    {
        await trail.WriteAsync(5);
        AuditVerification result = await trail.VerifyAsync();
        Assert.Empty(result.Findings);
        AuditChainEnd end = Assert.Single(result.Chains);
        Assert.Equal(("cli", 7L, 7L, false), (end.Writer, end.Lines, end.Sequence, end.IsOpenEnded));
        Assert.Contains($"\"hash\":\"{end.Hash}\"", trail.Lines()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EveryByteOfALineEditedInTurn_IsFoundAtThatLine()
    {
        await trail.WriteAsync(3);
        string[] lines = trail.Lines();
        for (int at = 0; at < lines[2].Length; at++)
        {
            char[] edited = lines[2].ToCharArray();
            edited[at] = edited[at] == 'x' ? 'y' : 'x';
            trail.WriteLines([.. lines[..2], new string(edited), .. lines[3..]]);
            AuditVerification result = await trail.VerifyAsync();
            Assert.False(result.IsIntact, $"byte {at}");
            Assert.Contains(result.Findings, finding => finding.Line == 3 && finding.File == trail.File);
        }
    }

    [Fact]
    public async Task Verify_LineEditedAndItsHashMadeAnew_IsFoundByTheNextLine()
    {
        await trail.WriteAsync(3);
        string[] lines = trail.Lines();
        string edited = lines[2].Replace("number 2", "number 9", StringComparison.Ordinal);
        string body = edited[..edited.LastIndexOf(",\"hash\":", StringComparison.Ordinal)] + "}";
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(body)));
        trail.WriteLines([.. lines[..2], $"{body[..^1]},\"hash\":\"{hash}\"}}", .. lines[3..]]);
        AuditFinding finding = Assert.Single((await trail.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Edited, 3L, 3L), (finding.Fault, finding.Line, finding.Sequence));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    public async Task Verify_LinesRemoved_IsFoundWithTheirNumbers(int from, int count)
    {
        await trail.WriteAsync(5);
        string[] lines = trail.Lines();
        trail.WriteLines([.. lines[..from], .. lines[(from + count)..]]);
        AuditFinding finding = Assert.Single((await trail.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Removed, from + 1L, from + count + 1L), (finding.Fault, finding.Line, finding.Sequence));
        Assert.Contains($"numbers {from + 1} to {from + count}", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TwoLinesSwapped_IsFound()
    {
        await trail.WriteAsync(5);
        string[] lines = trail.Lines();
        (lines[2], lines[3]) = (lines[3], lines[2]);
        trail.WriteLines(lines);
        Assert.Contains((await trail.VerifyAsync()).Findings, finding => finding.Fault == AuditFault.Reordered && finding is { Line: 4, Sequence: 3 });
    }

    [Fact]
    public async Task Verify_LineCopied_IsFound()
    {
        await trail.WriteAsync(3);
        string[] lines = trail.Lines();
        trail.WriteLines([.. lines[..3], lines[2], .. lines[3..]]);
        Assert.Contains((await trail.VerifyAsync()).Findings, finding => finding.Fault == AuditFault.Reordered && finding.Line == 4);
    }

    [Fact]
    public async Task Verify_EndCutOff_IsFoundByTheHeadAlone()
    {
        await trail.WriteAsync(5);
        trail.WriteLines(trail.Lines()[..^2]);
        Assert.True((await trail.VerifyAsync(heads: false)).IsIntact, "without heads a cut cannot show: the control");
        AuditFinding finding = Assert.Single((await trail.VerifyAsync(heads: true)).Findings);
        Assert.Equal((AuditFault.Truncated, 5L, 5L), (finding.Fault, finding.Line, finding.Sequence));
    }

    [Fact]
    public async Task Verify_EndCutWithinALine_IsFoundByTheHead()
    {
        await trail.WriteAsync(5);
        byte[] bytes = await File.ReadAllBytesAsync(trail.File, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(trail.File, bytes[..^40], TestContext.Current.CancellationToken);
        AuditVerification result = await trail.VerifyAsync();
        Assert.Equal(AuditFault.Truncated, Assert.Single(result.Findings).Fault);
        Assert.True(Assert.Single(result.Chains).IsOpenEnded);
    }

    [Fact]
    public async Task Verify_FileDeleted_IsFoundByTheHead()
    {
        await trail.WriteAsync(1);
        File.Delete(trail.File);
        Assert.Equal(AuditFault.Truncated, Assert.Single((await trail.VerifyAsync()).Findings).Fault);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"seq\":\"5\"}")]
    [InlineData("{\"seq\":0,\"hash\":\"0\"}")]
    public async Task Verify_HeadMissingOrNone_IsFound(string? content)
    {
        await trail.WriteAsync(1);
        File.Delete(trail.Head);
        if (content is not null)
            await File.WriteAllTextAsync(trail.Head, content, TestContext.Current.CancellationToken);
        Assert.Equal(AuditFault.HeadMissing, Assert.Single((await trail.VerifyAsync()).Findings).Fault);
    }

    [Fact]
    public async Task Verify_ChainMadeAnewWithTheOldHead_IsFound()
    {
        await trail.WriteAsync(3);
        string head = await File.ReadAllTextAsync(trail.Head, TestContext.Current.CancellationToken);
        File.Delete(trail.File);
        File.Delete(trail.Head);
        trail.Clock.Advance(TimeSpan.FromHours(1));
        await trail.WriteAsync(9);
        await File.WriteAllTextAsync(trail.Head, head, TestContext.Current.CancellationToken);
        Assert.Equal(AuditFault.HeadMismatch, Assert.Single((await trail.VerifyAsync()).Findings).Fault);
    }

    [Fact]
    public async Task Verify_ChainOfAnotherWriterUnderThisName_IsFound()
    {
        await using (AuditWriter.Open(trail.Directory, "other", trail.Clock))
            await trail.WriteAsync(1);
        File.Copy(Path.Combine(trail.Directory, "other.jsonl"), trail.File, overwrite: true);
        Assert.Contains((await trail.VerifyAsync(heads: false)).Findings, finding => finding.Fault == AuditFault.WrongWriter && finding.File == trail.File);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"seq\":3}")]
    [InlineData("\u0000\u0000")]
    [InlineData("a line of prose")]
    public async Task Verify_GarbageBetweenLines_IsFoundOnceAtItsLine(string garbage)
    {
        await trail.WriteAsync(3);
        string[] lines = trail.Lines();
        trail.WriteLines([.. lines[..2], garbage, .. lines[2..]]);
        AuditFinding finding = Assert.Single((await trail.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Malformed, 3L), (finding.Fault, finding.Line));
    }

    [Fact]
    public async Task Verify_LineOfManyMegabytes_IsFoundAtItsLine()
    {
        await trail.WriteAsync(3);
        string[] lines = trail.Lines();
        trail.WriteLines([.. lines[..2], new string('x', 64 * 1024 * 1024), .. lines[2..]]);
        AuditFinding finding = Assert.Single((await trail.VerifyAsync()).Findings);
        Assert.Equal((AuditFault.Malformed, 3L), (finding.Fault, finding.Line));
    }

    [Fact]
    public async Task Verify_RandomEditsOfAnyKind_NeverPassAndNeverThrow()
    {
        await trail.WriteAsync(20);
        byte[] good = await File.ReadAllBytesAsync(trail.File, TestContext.Current.CancellationToken);
        const int seed = 20260102;
        var random = new Random(seed);
        for (int round = 0; round < 500; round++)
        {
            List<byte> bytes = [.. good];
            int at = random.Next(bytes.Count - 1);
            switch (round % 3)
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 300), bytes.Count - at)); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }

            await File.WriteAllBytesAsync(trail.File, [.. bytes], TestContext.Current.CancellationToken);
            Assert.False((await trail.VerifyAsync()).IsIntact, $"seed {seed}, round {round}, at {at}");
        }
    }

    [Fact]
    public async Task Verify_SingleFile_LooksForItsHeadBeside()
    {
        await trail.WriteAsync(2);
        Assert.True((await AuditVerifier.VerifyAsync(trail.File, heads: true, TestContext.Current.CancellationToken)).IsIntact);
    }

    [Fact]
    public async Task Verify_NothingAtThePath_SaysSo()
    {
        AuditException error = await Assert.ThrowsAsync<AuditException>(() => AuditVerifier.VerifyAsync("/nonexistent/audit", heads: true, TestContext.Current.CancellationToken));
        Assert.Equal("audit-unreadable", error.Code);
    }

    [Fact]
    public async Task Verify_WhileAWriterIsAtWork_IsIntact()
    {
        await using AuditWriter writer = AuditWriter.Open(trail.Directory, "cli", TimeProvider.System);
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(
            async () =>
            {
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    await writer.WriteAsync(Trail.Numbered(i), TestContext.Current.CancellationToken);
                    if (i % 100 == 0)
                        await writer.FlushAsync(TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken);
        for (int i = 0; i < 50; i++)
            Assert.Empty((await trail.VerifyAsync()).Findings);
        await stop.CancelAsync();
        await writing;
    }
}
