using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Audit.Events;
using Vitrine.Egress;
using Vitrine.Engine.Sessions;
using Vitrine.Linux.Network;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes;

namespace Vitrine.Engine.Tests.Egress;

/// <summary>The whole way: a program inside, the kernel's rules, the guest, the wire, the gateway, a server on loopback.</summary>
public sealed class SandboxEgressTests(EngineFixture fixture) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private readonly LocalNames _names = new();
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ushort Port => (ushort)((IPEndPoint)_server.LocalEndpoint).Port;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        _ = ServeAsync();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _server.Stop();
        _names.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Addresses_OfTheKernelsRulesAndTheGateway_AreTheSame()
    {
        Assert.Equal(InsideNetwork.Gateway, InsideAddresses.Gateway);
        Assert.Equal(InsideNetwork.DnsPort, InsideAddresses.QuestionPort);
        Assert.NotEqual(InsideNetwork.HttpProxyPort, InsideAddresses.ConnectionPort);
        Assert.NotEqual(InsideNetwork.SocksPort, InsideAddresses.ConnectionPort);
    }

    [Fact]
    public async Task Start_AllowedName_IsReachedByProgramsThatKnowNothing()
    {
        await using Sandbox sandbox = await fixture.Engine.CreateAsync(Plan(), Token);
        (string output, _) = await PythonAsync(sandbox, $"""
            import socket
            s = socket.create_connection(('server.test', {Port}), timeout=5); s.sendall(b'hello'); s.shutdown(socket.SHUT_WR)
            print(s.makefile().read())
            """);
        Assert.Equal("hello, says the server\n", output);
    }

    [Fact]
    public async Task Relay_ServerClosesAndReaderIsSlow_LosesNothing()
    {
        await using Sandbox sandbox = await fixture.Engine.CreateAsync(Plan(), Token);
        (string output, _) = await PythonAsync(sandbox, $"""
            import socket,time
            s = socket.create_connection(('server.test', {Port}), timeout=5); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 262144)
            sent = b'0123456789' * 800000; s.sendall(sent[:-1]); s.shutdown(socket.SHUT_WR); time.sleep(2)
            got = s.makefile('rb').read(); print(len(got), got.endswith(b', says the server'))
            """);
        Assert.Equal("8000016 True\n", output);
    }

    [Fact]
    public async Task Start_NotAllowed_FailsInTimeIsToldAndNeverAsked()
    {
        await using Sandbox sandbox = await fixture.Engine.CreateAsync(Plan(), Token);
        var refused = new ConcurrentBag<EgressRefused>();
        sandbox.Egress!.Refused = refused.Add;
        (string output, _) = await PythonAsync(sandbox, $"""
            import errno,socket,time
            def attempt(name, do):
                start = time.monotonic()
                try: got = do()
                except socket.gaierror as e: got = 'no such name'
                except OSError as e: got = errno.errorcode[e.errno]
                print(name, got, time.monotonic() - start < 2)
            def reach(host, port): return socket.create_connection((host, port), timeout=5).recv(1)
            attempt('name', lambda: reach('other.test', {Port}))
            attempt('port', lambda: reach('server.test', {Port + 1}))
            attempt('raw', lambda: reach('127.0.0.2', {Port}))
            attempt('raw', lambda: reach('192.0.2.1', 80))
            """);
        Assert.Equal("name no such name True\nport ECONNRESET True\nraw ECONNREFUSED True\nraw ECONNRESET True\n", output);
        Assert.Equal(0, _names.Asked);
        string[] hosts = [.. refused.Select(static r => r.Host).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.Equal("192.0.2.1 other.test server.test", string.Join(' ', hosts));
    }

    [Fact]
    public async Task Start_Variables_AreThereAndTheUsersOwnWin()
    {
        SandboxPlan plan = Plan();
        plan = plan with { Environment = new Dictionary<string, string>(plan.Environment, StringComparer.Ordinal) { ["https_proxy"] = "of the plan" } };
        await using Sandbox sandbox = await fixture.Engine.CreateAsync(plan, Token);
        (string output, _) = await RunAsync(sandbox, new CommandSpec
        {
            Arguments = ["/bin/sh", "-c", "echo \"$HTTP_PROXY|$HTTPS_PROXY|$https_proxy|$NO_PROXY\""],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HTTPS_PROXY"] = "of the user" },
        });
        Assert.Equal("http://198.18.0.1:3128|of the user|of the plan|localhost,127.0.0.1,::1\n", output);
    }

    [Fact]
    public async Task Start_InspectedRuleWithASecret_HasThePlaceholderAndTheAuthority()
    {
        SandboxPlan plan = Plan();
        EgressRule rule = plan.Egress!.Allow[0] with { Protocol = EgressProtocol.Tls, Inspect = true };
        var secret = new SecretPlan
        {
            Name = "MODEL_KEY",
            From = new SecretSource(SecretSourceKind.Command, "", ["printf", "the value of the secret"]),
            Hosts = ["server.test"],
        };
        plan = plan with { Egress = plan.Egress with { Allow = [rule], Secrets = [secret] } };
        await using Sandbox sandbox = await fixture.Engine.CreateAsync(plan, Token);
        (string output, _) = await RunAsync(sandbox, new CommandSpec
        {
            Arguments = ["/bin/sh", "-c", "echo $MODEL_KEY; stat -c '%U %a' $SSL_CERT_FILE; grep -c BEGIN $SSL_CERT_FILE; grep -rl 'value of the secret' /proc/self/environ /etc /run"],
        });
        Assert.Matches("^vitrine-secret-MODEL_KEY-[0-9a-f]{32}\nroot 444\n[1-9][0-9]*\n$", output.Replace("grep: ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_SecretWithoutValue_SaysWhichAndLeavesNothing()
    {
        SandboxPlan plan = Plan();
        var secret = new SecretPlan { Name = "MODEL_KEY", From = new SecretSource(SecretSourceKind.Environment, "NOT_SET_ANYWHERE", []), Hosts = ["server.test"] };
        plan = plan with { Egress = plan.Egress! with { Secrets = [secret] } };
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => fixture.Engine.CreateAsync(plan, Token));
        Assert.Equal("egress-unavailable", error.Code);
        Assert.Contains("NOT_SET_ANYWHERE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_RuleTakenAway_EndsItsConnectionsWithinTwoSeconds()
    {
        await using Sandbox sandbox = await fixture.Engine.CreateAsync(Plan(), Token);
        await using SandboxCommand command = await sandbox.StartAsync(Python($"""
            import socket,time
            s = socket.create_connection(('server.test', {Port}), timeout=20); s.sendall(b'x'); time.sleep(0.2); print('open', flush=True)
            start = time.monotonic()
            try: got = s.recv(100)
            except ConnectionError as e: got = type(e).__name__
            print(got, time.monotonic() - start < 2.5)
            """), Token);
        using var reader = new StreamReader(command.Output, Encoding.UTF8);
        Assert.Equal("open", await reader.ReadLineAsync(Token));
        sandbox.Egress!.Update(new EgressPlan { Resolvers = [_names.Address] });
        Assert.Equal("ConnectionResetError True", await reader.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Dispose_ConnectionsOpen_LeavesNoneAndEndsSoon()
    {
        Sandbox sandbox = await fixture.Engine.CreateAsync(Plan(), Token);
        SandboxCommand command = await sandbox.StartAsync(Python($"""
            import socket,time
            held = [socket.create_connection(('server.test', {Port}), timeout=20) for _ in range(50)]
            for s in held: s.sendall(b'x')
            time.sleep(0.5); print('open', flush=True); time.sleep(60)
            """), Token);
        using var reader = new StreamReader(command.Output, Encoding.UTF8);
        Assert.Equal("open", await reader.ReadLineAsync(Token));
        Assert.Equal(50, sandbox.Egress!.Connections);
        long start = TimeProvider.System.GetTimestamp();
        await sandbox.DisposeAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(0, sandbox.Egress.Connections);
    }

    private SandboxPlan Plan() => EngineFixture.Plan() with
    {
        Egress = new EgressPlan
        {
            Allow = [new EgressRule { Id = "egress.allow[0]", Host = "server.test", Ports = [new PortRange(Port, Port)], Protocol = EgressProtocol.Tcp, Internal = true }],
            Resolvers = [_names.Address],
        },
    };

    private static CommandSpec Python(string script) => new() { Arguments = ["/usr/bin/python3", "-c", script] };

    private static Task<(string Output, string Error)> PythonAsync(Sandbox sandbox, string script) => RunAsync(sandbox, Python(script));

    private static async Task<(string Output, string Error)> RunAsync(Sandbox sandbox, CommandSpec spec)
    {
        await using SandboxCommand command = await sandbox.StartAsync(spec, Token);
        using var output = new StreamReader(command.Output, Encoding.UTF8);
        using var error = new StreamReader(command.Error, Encoding.UTF8);
        Task<string> said = error.ReadToEndAsync(Token);
        string text = await output.ReadToEndAsync(Token) + await said;
        await command.Completion;
        return (text, await said);
    }

    /// <summary>Answers what it got, once it ended.</summary>
    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _server.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task AnswerAsync(Socket accepted)
    {
        await using var stream = new NetworkStream(accepted, ownsSocket: true);
        try
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            string got = await reader.ReadToEndAsync();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{got}, says the server")));
        }
        catch (IOException)
        {
            // The sandbox is gone.
        }
    }
}
