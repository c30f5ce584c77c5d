using System.Security.Cryptography;
using Vitrine.Guest.Tests.Support;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>A host that does not read holds the writer back, and nobody else.</summary>
public sealed class BackPressureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_Unread_StopsTheWriterAndNotTheOthers()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();

        // The writer counts what the kernel took; the count stands still once pipe and credit are full.
        const string writer = """
            import os,sys,threading,time
            n = 0
            def tell():
                last = -1
                while True:
                    time.sleep(.2)
                    if n == last: break
                    last = n
                open('/tmp/count','w').write(str(n))
            threading.Thread(target=tell).start()
            while True: n += os.write(1, b'x'*4096)
            """;
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(writer), Token);
        Outcome other = await sandbox.Guest.ShellAsync("while ! [ -s /tmp/count ]; do sleep 0.1; done; cat /tmp/count");
        int taken = int.Parse(other.Text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(taken, 64 * 1024, (64 + 64 + 8) * 1024); // the first credit and one pipe
        await channel.SignalAsync(9, SignalScope.Tree, Token);
        Assert.Equal(9, (await channel.Exited.WaitAsync(Token)).Signal);
    }

    [Fact]
    public async Task Output_ReadAfterTheExit_IsComplete()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Shell("head -c 100000 /dev/zero; echo end"), Token);
        await channel.Exited.WaitAsync(Token);
        byte[] all = await Run.ReadAllAsync(channel.Output);
        Assert.Equal(100_004, all.Length);
    }

    [Fact]
    public async Task Output_SixtyFourMebibytes_ArriveUnchanged()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        const string script = """
            import hashlib,os,sys
            h = hashlib.sha256(); b = os.urandom(1<<20)
            for i in range(64):
                b = b[1:] + b[:1]; h.update(b); sys.stdout.buffer.write(b)
            sys.stderr.write(h.hexdigest())
            """;
        Outcome outcome = await sandbox.Guest.PythonAsync(script);
        Assert.Equal(64 << 20, outcome.Output.Length);
        Assert.Equal(outcome.Error, Convert.ToHexStringLower(SHA256.HashData(outcome.Output)));
    }

    [Fact]
    public async Task Output_BothStreamsInTurns_KeepTheirOrderEach()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ShellAsync("i=0; while [ $i -lt 2000 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done");
        Assert.Equal(string.Concat(Enumerable.Range(0, 2000).Select(i => $"o{i}\n")), outcome.Text);
        Assert.Equal(string.Concat(Enumerable.Range(0, 2000).Select(i => $"e{i}\n")), outcome.Error);
    }

    [Fact]
    public async Task Output_EndlessOnTenChannels_LetsAnEleventhRunAndAllBeKilled()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        var endless = new List<GuestChannel>();
        for (int i = 0; i < 10; i++)
            endless.Add(await sandbox.Guest.StartAsync(Run.Request("cat", "/dev/zero"), Token));
        Task[] reading = [.. endless.Take(5).Select(c => Task.Run(() => c.Output.CopyToAsync(Stream.Null, Token), Token))];
        Assert.Equal("eleven\n", (await sandbox.Guest.ShellAsync("echo eleven")).Text);
        foreach (GuestChannel channel in endless)
            await channel.SignalAsync(9, SignalScope.Tree, Token);
        foreach (GuestChannel channel in endless)
            Assert.Equal(9, (await channel.Exited.WaitAsync(Token)).Signal);
        await Task.WhenAll(reading);
        foreach (GuestChannel channel in endless)
            await channel.DisposeAsync();
    }
}
