using Vitrine.Audit.Events;

namespace Vitrine.Audit.Tests;

/// <summary>A full disk, on a real file system of 64 KiB.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly string mount = Directory.CreateTempSubdirectory($"vitrine-audit-full-{Environment.ProcessId}-").FullName;
    private bool mounted;

    public async ValueTask InitializeAsync() =>
        mounted = (await Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "vitrine-audit-test", mount)).Code == 0;

    public async ValueTask DisposeAsync()
    {
        if (mounted)
            Assert.Equal((0, ""), await Shell.RunAsync("umount", mount));
        Directory.Delete(mount, recursive: true);
    }

    [Fact]
    public async Task Write_DiskFull_FailsClosedThenGoesOnAndSaysWhatIsMissing()
    {
        Assert.SkipUnless(mounted, "mounting a small tmpfs needs root");
        using var trail = new Trail(mount);
        await using (AuditWriter writer = trail.Open())
        {
            int written = 0;
            AuditException error = await Assert.ThrowsAsync<AuditException>(async () =>
            {
                for (; written < 1000; written++)
                    await writer.WriteAsync(Trail.Numbered(written), TestContext.Current.CancellationToken);
            });
            Assert.Equal("audit-full", error.Code);
            Assert.Contains(trail.File, error.Message, StringComparison.Ordinal);
            Assert.InRange(written, 10, 500);
            Assert.Empty((await trail.VerifyAsync()).Findings);
            Assert.Equal(written + 1, trail.Lines().Length);
            for (int i = 0; i < 3; i++)
                await Assert.ThrowsAsync<AuditException>(() => writer.WriteAsync(Trail.Numbered(i), TestContext.Current.CancellationToken).AsTask());

            await Grow();
            await writer.WriteAsync(Trail.Numbered(2000), TestContext.Current.CancellationToken);
        }

        Assert.Empty((await trail.VerifyAsync()).Findings);
        List<AuditRecord> records = await trail.ReadAsync();
        ChainLost lost = Assert.Single(records.Select(record => record.Event.Payload).OfType<ChainLost>());
        Assert.Equal((4, "audit-full"), (lost.Events, lost.Reason));
        Assert.Contains("number 2000", records[^2].Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_DiskFull_FailsClosed()
    {
        Assert.SkipUnless(mounted, "mounting a small tmpfs needs root");
        using var trail = new Trail(mount);
        await File.WriteAllBytesAsync(Path.Combine(mount, "ballast"), new byte[64 * 1024 - 4096], TestContext.Current.CancellationToken);
        using (File.Create(Path.Combine(mount, "more")))
        {
            await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllBytesAsync(Path.Combine(mount, "more"), new byte[8192], TestContext.Current.CancellationToken));
            AuditException error = Assert.Throws<AuditException>(() => trail.Open());
            Assert.Equal("audit-full", error.Code);
        }
    }

    private async Task Grow() => Assert.Equal((0, ""), await Shell.RunAsync("mount", "-o", "remount,size=1m", mount));
}
