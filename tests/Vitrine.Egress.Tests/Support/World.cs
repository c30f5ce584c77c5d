using Vitrine.Egress.Dns;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Support;

/// <summary>A gateway, a session of it and a name server, all of the test's own.</summary>
internal sealed class World : IAsyncDisposable
{
    private World(EgressGateway gateway, NameServer names, RecordingLog log, EgressPlan plan, IReadOnlyList<SecretValue>? secrets)
    {
        Gateway = gateway;
        Names = names;
        Log = log;
        Plan = plan with { Resolvers = [names.EndPoint.ToString()] };
        Session = gateway.OpenSession(Plan, "sandbox", log, secrets);
    }

    public EgressGateway Gateway { get; }

    public NameServer Names { get; }

    public RecordingLog Log { get; }

    public EgressPlan Plan { get; }

    public EgressSession Session { get; }

    /// <summary>Opens one with rules; every `*.test` name asked for is on 127.0.0.1 unless the test says otherwise.</summary>
    public static World Open(params EgressRule[] allow) => Open(new EgressPlan { Allow = allow });

    public static World Open(EgressPlan plan, EgressGatewayOptions? options = null, IReadOnlyList<SecretValue>? secrets = null)
    {
        var names = new NameServer();
        names.Records["api.test"] = ["127.0.0.1"];
        options ??= new EgressGatewayOptions();
        return new World(new EgressGateway(options with { Hosts = "/nonexistent/hosts" }), names, new RecordingLog(), plan, secrets);
    }

    /// <summary>A rule for one name and port on this machine.</summary>
    public static EgressRule Rule(ushort port, EgressProtocol protocol = EgressProtocol.Tcp, string host = "api.test") => new()
    {
        Id = "egress.allow[0]",
        Host = host,
        Ports = [new PortRange(port, port)],
        Protocol = protocol,
        Internal = true,
    };

    /// <summary>What a program gets for a name; 0 for none.</summary>
    public async Task<uint> LookUpAsync(string name)
    {
        byte[] answer = await Session.AnswerAsync(DnsRequest.Write(7, name, DnsType.A));
        return answer is [_, _, _, _, _, _, 0, 1, ..] ? AddressText.Number(answer.AsSpan(answer.Length - 4)) : 0;
    }

    /// <summary>Connects as a program does that knows no proxy.</summary>
    public async Task<InsideSocket> ConnectAsync(string name, ushort port) => await ConnectAsync(await LookUpAsync(name), port);

    public async Task<InsideSocket> ConnectAsync(uint address, ushort port)
    {
        InsideSocket socket = await InsideSocket.OpenAsync(address, port);
        socket.Handled = Session.HandleAsync(socket);
        return socket;
    }

    public Task<InsideSocket> ConnectToProxyAsync(ushort port) => ConnectAsync(InsideNetwork.Gateway, port);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Names.DisposeAsync();
    }
}
