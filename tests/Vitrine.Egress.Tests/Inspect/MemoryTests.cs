using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vitrine.Egress.Tests.Inspect;

[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryGroup;

/// <summary>Bytes a connection whose TLS ends here holds: at most what the budget counts for it.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    [Fact]
    public async Task Connections_TerminatedAndIdle_HoldNoMoreThanTheirShare()
    {
        const int Count = 100;
        await using InspectBed bed = await InspectBed.OpenAsync(static context => context.Response.WriteAsync("ok"));
        List<SslStream> warm = await OpenAsync(bed, 20);
        long before = Held();
        List<SslStream> more = await OpenAsync(bed, Count);
        long each = (Held() - before) / Count;
        TestContext.Current.SendDiagnosticMessage("{0} bytes for each terminated connection, the test's own end included", each);
        Assert.InRange(each, 0, 256 * 1024);
        foreach (SslStream stream in warm.Concat(more))
            await stream.DisposeAsync();
    }

    // Both ends of each connection, and the connection to the server, are in this process: the figure is above the gateway's own.
    private static async Task<List<SslStream>> OpenAsync(InspectBed bed, int count)
    {
        var opened = new List<SslStream>();
        byte[] answer = new byte[4096];
        for (int index = 0; index < count; index++)
        {
            SslStream tls = await bed.OpenTlsAsync();
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {bed.Host}\r\n\r\n"));
            for (int got = 0; !Encoding.ASCII.GetString(answer, 0, got).EndsWith("0\r\n\r\n", StringComparison.Ordinal);)
                got += await tls.ReadAsync(answer.AsMemory(got));
            opened.Add(tls);
        }

        return opened;
    }

    // What OpenSSL holds is not the collector's: resident memory that is private says more than managed bytes.
    private static long Held()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        string line = File.ReadLines("/proc/self/smaps_rollup").Single(static line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(14, line.Length - 17), System.Globalization.NumberStyles.AllowLeadingWhite | System.Globalization.NumberStyles.AllowTrailingWhite, null) * 1024;
    }
}
