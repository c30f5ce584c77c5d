using Vitrine.Guest.Tests.Support;
using Vitrine.Linux;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Guest.Tests;

/// <summary>Connections and questions of programs inside, with a host of the test's at the other end.</summary>
public sealed class WayOutTests
{
    private const string Preamble =
        """
        import errno,os,socket,struct,sys,threading,time
        def connect(port, host='192.0.2.7'):
            s = socket.create_connection((host, port), timeout=10); return s
        def ends(s):
            try: return 'end' if s.recv(1) == b'' else 'data'
            except OSError as e: return errno.errorcode[e.errno]
        def all(s):
            got = b''
            while True:
                b = s.recv(65536)
                if not b: return got
                got += b
        def attempt(do):
            try: return do()
            except OSError as e: return errno.errorcode[e.errno]

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_AnyAddressAndPort_ReachesTheHostByItsOriginal()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(Preamble + "print(all(connect(443, '203.0.113.9')).decode(), all(connect(443, '198.18.1.0')).decode())");
        Assert.Equal("cb007109:443 c6120100:443\n", outcome.Text + outcome.Error);
    }

    [Fact]
    public async Task Connect_Echo_CarriesBothWaysAndHalfCloses()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(
            Preamble + """
            sent = os.urandom(3_000_000); s = connect(7)
            def write(): s.sendall(sent); s.shutdown(socket.SHUT_WR)
            threading.Thread(target=write).start()
            got = all(s); print(got[:-3] == sent, got[-3:])
            """);
        Assert.Equal("True b'bye'\n", outcome.Text + outcome.Error);
    }

    [Fact]
    public async Task Connect_Refused_IsReset()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(Preamble + "t = time.monotonic(); print(ends(connect(22)), time.monotonic() - t < 1)");
        Assert.Equal("ECONNRESET True\n", outcome.Text + outcome.Error);
    }

    [Fact]
    public async Task Connect_HostGivesUp_IsReset()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(Preamble + "s = connect(25); s.sendall(b'hello'); print(ends(s))");
        Assert.Equal("ECONNRESET\n", outcome.Text + outcome.Error);
    }

    [Theory]
    [InlineData("s.close()", false)]
    [InlineData("s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()", true)]
    public async Task Connect_ProgramEndsOrResets_HostCanTell(string how, bool isReset)
    {
        var outside = new Outside();
        await using Sandbox sandbox = await StartAsync(outside);
        await sandbox.Guest.PythonAsync(Preamble + "s = connect(9); s.sendall(b'x' * 1000); time.sleep(0.2); " + how);
        (long bytes, Exception? error) = await outside.Swallowed.Task.WaitAsync(Token);
        Assert.Equal((1000, isReset), (bytes, error is GuestClosedException));
    }

    [Fact]
    public async Task Connect_WaitingForTheAnswer_IsNotReadAndThenReset()
    {
        var outside = new Outside();
        await using Sandbox sandbox = await StartAsync(outside);
        GuestChannel waiting = await sandbox.Guest.StartAsync(Run.Python(Preamble + """
            s = connect(13); s.setblocking(False); total = 0
            while True:
                try: total += s.send(b'x' * 65536)
                except BlockingIOError: time.sleep(0.1); 
                else: continue
                try: total += s.send(b'x' * 65536)
                except BlockingIOError: break
            print('full', flush=True); s.setblocking(True); print('end', ends(s), flush=True)
            """), Token);
        await waiting.LineWithAsync("full");
        Assert.Equal(1, outside.Unanswered);
        outside.RefuseUnanswered();
        Assert.Equal("end ECONNRESET", await waiting.LineWithAsync("end"));
        await waiting.DisposeAsync();
    }

    [Fact]
    public async Task Connect_MoreThanChannels_WaitAndAreTakenWhenOthersEnd()
    {
        var outside = new Outside();
        await using Sandbox sandbox = await StartAsync(outside);
        GuestChannel many = await sandbox.Guest.StartAsync(Run.Python(Preamble + """
            held = [connect(13) for _ in range(250)]; print('held', flush=True)
            print('answers', all(connect(443)).decode(), flush=True)
            print('reset', sum(ends(s) == 'ECONNRESET' for s in held[:176]), flush=True)
            """), Token);
        await many.LineWithAsync("held");
        await UntilAsync(() => outside.Unanswered == 176);

        // Everything else goes on: commands, and questions, which have channels of their own.
        Assert.Equal("still here\n", (await sandbox.Guest.ShellAsync("echo still here")).Text);
        Assert.Equal("b'olleh'\n", (await AskAsync(sandbox, "hello")).Text);
        Assert.Equal(176, outside.Unanswered);
        outside.RefuseUnanswered();
        await UntilAsync(() => outside.Unanswered == 250 - 176);
        Assert.Contains("c0000207:443", await many.LineWithAsync("answers"), StringComparison.Ordinal);
        outside.RefuseUnanswered();
        Assert.Equal("reset 176", await many.LineWithAsync("reset"));
        await many.DisposeAsync();
    }

    [Fact]
    public async Task Question_ByUdp_IsAnsweredFromTheAddressAsked()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(
            """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
            for i in range(300):
                q = f'question {i}'.encode(); s.sendto(q, ('198.18.0.1', 53)); b, a = s.recvfrom(5000)
                assert b == q[::-1] and a == ('198.18.0.1', 53), (b, a)
            s.connect(('198.18.0.1', 53)); s.send(b'x' * 4096); print(len(s.recv(5000)))
            s.settimeout(0.3)
            for lost in (b'silence', b'', b'x' * 4097):
                s.send(lost)
                try: print('answered', s.recv(10))
                except TimeoutError: pass
            s.settimeout(5); s.send(b'after'); print(s.recv(10))
            """);
        Assert.Equal("4096\nb'retfa'\n", outcome.Text + outcome.Error);
    }

    [Fact]
    public async Task Question_Flood_LosesSomeAndServesOn()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(
            """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setblocking(False); got = 0
            for i in range(20000):
                s.sendto(b'q' * 100, ('198.18.0.1', 53))
                try: s.recv(200); got += 1
                except BlockingIOError: pass
            print(got > 0)
            """);
        Assert.Equal("True\n", outcome.Text + outcome.Error);
        Assert.Equal("b'olleh'\n", (await AskAsync(sandbox, "hello")).Text);
    }

    [Fact]
    public async Task Listeners_Workload_CannotTakeTheirPlaceNorSeeThem()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.PythonAsync(
            Preamble + """
            def bind(kind, host, port):
                s = socket.socket(socket.AF_INET, kind)
                for o in (socket.SO_REUSEADDR, socket.SO_REUSEPORT): s.setsockopt(socket.SOL_SOCKET, o, 1)
                s.bind((host, port))
                if kind == socket.SOCK_STREAM: s.listen(1)
                return 'bound'
            for kind, port in ((socket.SOCK_STREAM, 15001), (socket.SOCK_DGRAM, 53)):
                print(attempt(lambda: bind(kind, '198.18.0.1', port)), attempt(lambda: bind(kind, '0.0.0.0', port)), attempt(lambda: bind(kind, '127.0.0.1', port)))
            print(sorted(os.listdir('/proc/self/fd')))
            print(all(connect(443)).decode())
            """);
        Assert.Equal(
            """
            EADDRINUSE EADDRINUSE bound
            EADDRINUSE EADDRINUSE bound
            ['0', '1', '2', '3']
            c0000207:443

            """, outcome.Text + outcome.Error);
    }

    [Fact]
    public async Task Dial_PortsOfTheGuest_AreNotReached()
    {
        var outside = new Outside();
        await using Sandbox sandbox = await StartAsync(outside);
        foreach (ushort port in (ushort[])[15001, 53, 3128, 1080])
        {
            ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(() => sandbox.Guest.DialAsync(port, Token));
            Assert.Equal(Errno.ECONNREFUSED, error.Errno);
        }

        Assert.Empty(outside.Asked);
    }

    [Fact]
    public async Task Connect_ToTheListenerItself_IsAskedForAsSuch()
    {
        var outside = new Outside();
        await using Sandbox sandbox = await StartAsync(outside);
        Outcome outcome = await sandbox.Guest.PythonAsync(Preamble + "print(ends(connect(15001, '198.18.0.1')))");
        Assert.Equal("ECONNRESET\n", outcome.Text + outcome.Error);
        Assert.Equal((0xC6120001u, (ushort)15001), Assert.Single(outside.Asked));
    }

    [Fact]
    public async Task Rules_RootInside_CannotChangeThem()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Python(
            Preamble + """
            def netlink(kind, message):
                s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, kind); s.settimeout(2); s.bind((0, 0))
                s.send(message); e = struct.unpack_from('i', s.recv(4096), 16)[0]
                return errno.errorcode[-e] if e else 'done'
            def batch(type, body):
                def m(t, f, b, n): return struct.pack('=IHHII', 16 + len(b), t, f, n, 0) + b
                return m(16, 1, b'\0\0\0\x0a', 0) + m(type, 5, body, 1) + m(17, 1, b'\0\0\0\x0a', 2)
            name = struct.pack('=HH', 12, 1) + b'vitrine\0'
            print('delete table', attempt(lambda: netlink(12, batch(0xA02, b'\x02\0\0\0' + name))))
            print('delete all', attempt(lambda: netlink(12, batch(0xA02, b'\0\0\0\0'))))
            print('delete address', attempt(lambda: netlink(0, struct.pack('=IHHIIBBBBI', 32, 21, 5, 1, 0, 2, 32, 0, 0, 1) + struct.pack('=HH', 8, 2) + socket.inet_aton('198.18.0.1'))))
            print('lo down', attempt(lambda: netlink(0, struct.pack('=IHHIIBBHiII', 32, 16, 5, 1, 0, 0, 0, 0, 1, 0, 1))))
            print(all(connect(443)).decode())
            """) with
        { Uid = 0, Gid = 0 });
        Assert.Equal(
            """
            delete table EPERM
            delete all EPERM
            delete address EPERM
            lo down EPERM
            c0000207:443

            """, outcome.Text + outcome.Error);
    }

    [Fact]
    public async Task Start_WayOutWithoutItsAddress_FailsWithASentence()
    {
        await using Sandbox sandbox = Sandbox.StartSilent();
        GuestClosedException error = await Assert.ThrowsAsync<GuestClosedException>(() => GuestConnection.OpenAsync(
            sandbox.Wire, new Protocol.Messages.GuestSetup { HasWayOut = true }, null, Token));
        Assert.Contains("bind(198.18.0.1:15001)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_EndlessDownloadNotRead_HoldsUpNobody()
    {
        await using Sandbox sandbox = await StartAsync(new Outside());
        GuestChannel lazy = await sandbox.Guest.StartAsync(Run.Python(Preamble + "s = [connect(19) for _ in range(20)]; print('open', flush=True); time.sleep(60)"), Token);
        await lazy.LineWithAsync("open");
        Outcome outcome = await sandbox.Guest.PythonAsync(Preamble + "s = connect(7); s.sendall(b'quick'); print(s.recv(5))");
        Assert.Equal("b'quick'\n", outcome.Text + outcome.Error);
        await lazy.DisposeAsync();
    }

    private static Task<Sandbox> StartAsync(Outside outside) => Sandbox.StartAsync(new SandboxOptions { WayOut = true, Handler = outside });

    private static Task<Outcome> AskAsync(Sandbox sandbox, string question) => sandbox.Guest.PythonAsync(
        $"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5); s.sendto(b'{question}', ('198.18.0.1', 53)); print(s.recv(100))");

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
    }
}
