using System.Net;
using Vitrine.Conformance.Tests.Egress.World;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>
/// An internet of the tests' own. Two network namespaces are joined by one link: in *near* the command line runs (or a control without a sandbox), whose
/// default route leads to *outside*; there every address of the world is local. A packet that leaves a sandbox or its gateway can reach nothing but the
/// outside, whatever address it goes to; the machine's own network has no part in it. 11.7.0.0/25 are servers that tests may talk to; every other address is
/// the canary's. Names are answered at 11.7.0.53: `*.allowed.example` is 11.7.0.10, everything under `denied.example` and `attacker.example` the canary.
/// </summary>
public sealed class OutsideWorld : IAsyncLifetime
{
    public const string ServerAddress = "11.7.0.10";
    public const string CanaryAddress = "11.7.0.200";
    public const string ResolverAddress = "11.7.0.53";

    /// <summary>The near side's own address: what a gateway must not be led to.</summary>
    public const string NearAddress = "11.7.1.2";

    /// <summary>Its address of the other family.</summary>
    public const string NearAddress6 = "2a00:7:1::2";

    /// <summary>A server that echoes whatever comes on port 443: `opaque.allowed.example`.</summary>
    public const string OpaqueAddress = "11.7.0.44";

    /// <summary>One that echoes inside TLS: `tunnel.allowed.example`.</summary>
    public const string TunnelAddress = "11.7.0.45";

    /// <summary>The web server that takes anything for a request: `lax.allowed.example`.</summary>
    public const string LaxAddress = "11.7.0.46";

    private const string CanaryAddress6 = "2a00:7::200";

    /// <summary>Ports at which every address of the outside, and of the near side, echoes over TCP.</summary>
    internal static readonly int[] EchoPorts = [25, 853, 2375, 4444, 6443, 7007, 8853, 10250];

    private readonly TestSpace _space = new();
    private readonly IPNetwork _servers = IPNetwork.Parse("11.7.0.0/25");
    private NetworkHolder? _near;
    private NetworkHolder? _outside;
    private PacketCanary? _canary;
    private WebServer? _web;
    private NameServer? _names;
    private GitServer? _git;
    private EchoServer? _echo;
    private EchoServer? _nearEcho;
    private LaxServer? _lax;

    /// <summary>PEM file of the authority that the servers' certificates come from.</summary>
    public string AuthorityFile => Path.Combine(_space.Scratch, "authority.pem");

    /// <summary>A resolv.conf(5) that asks the outside's name server.</summary>
    public string ResolverFile => Path.Combine(_space.Scratch, "resolv.conf");

    /// <summary>Parts of a policy's `egress:` that every test needs: who resolves, and whose certificates are good.</summary>
    public string PolicyLines => $"  resolvers: [\"{ResolverAddress}:53\"]\n  authorities: [{AuthorityFile}]\n";

    internal NetworkHolder Near => _near!;

    internal NetworkHolder Outside => _outside!;

    internal PacketCanary Canary => _canary!;

    internal NameServer Names => _names!;

    internal WebServer Web => _web!;

    internal GitServer Git => _git!;

    internal EchoServer Echo => _echo!;

    internal LaxServer Lax => _lax!;

    /// <summary>What listens on the host itself, loopback included: nobody inside may reach it.</summary>
    internal EchoServer NearEcho => _nearEcho!;

    internal TestAuthority Authority { get; } = new();

    public async ValueTask InitializeAsync()
    {
        TestMode.RequireRoot();
        await File.WriteAllTextAsync(AuthorityFile, Authority.Pem);
        await File.WriteAllTextAsync(ResolverFile, $"nameserver {ResolverAddress}\n");
        _near = await NetworkHolder.StartAsync();
        _outside = await NetworkHolder.StartContainedAsync();
        await JoinAsync();
        _canary = new PacketCanary(_outside, IsExpected);
        _names = new NameServer(_outside, IPAddress.Parse(ResolverAddress));
        _names.Set("*.allowed.example", ServerAddress);
        _names.Set("*.denied.example", CanaryAddress);
        _names.Set("*.attacker.example", CanaryAddress);
        _names.Set("attacker.example", CanaryAddress);
        _web = await WebServer.StartAsync(_outside, Authority);
        _names.Set("opaque.allowed.example", OpaqueAddress);
        _names.Set("tunnel.allowed.example", TunnelAddress);
        _names.Set("lax.allowed.example", LaxAddress);
        _echo = new EchoServer(_outside).Everywhere(EchoPorts).At(OpaqueAddress, 443).At(TunnelAddress, 443, Authority)
            .DatagramsAt(CanaryAddress, 53, 123, 443, 853, 4444, 5353).DatagramsAt(CanaryAddress6, 53, 443, 4444);
        _nearEcho = new EchoServer(_near).Everywhere(EchoPorts);
        _lax = new LaxServer(_outside, LaxAddress);
        _git = await GitServer.StartAsync(_outside, _web, _space);
        await PackageShelf.FillAsync(_web, _space);
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        _names?.Dispose();
        _echo?.Dispose();
        _nearEcho?.Dispose();
        _lax?.Dispose();
        _git?.Dispose();
        _canary?.Dispose();
        if (_outside is not null)
            await _outside.DisposeAsync();
        if (_near is not null)
            await _near.DisposeAsync();
        Authority.Dispose();
        _space.Dispose();
    }

    /// <summary>The command that runs a program on the near side without a sandbox, with the outside's names: what the controls use.</summary>
    internal IReadOnlyList<string> WithoutSandbox(IEnumerable<string> command) => Near.Enter(
    [
        "/usr/bin/unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-ec", Surround, ResolverFile, AuthorityFile,
        .. command,
    ]);

    // The second file takes the place of the system's certificates, for what links GnuTLS.
    private const string Surround = "mount --bind \"$0\" /etc/resolv.conf; mount --bind \"$1\" /etc/ssl/certs/ca-certificates.crt; shift; exec \"$@\"";

    private bool IsExpected(IPAddress destination) =>
        destination.ToString() is NearAddress or NearAddress6 or MachineLink.MachineAddress || _servers.Contains(destination);

    private async Task JoinAsync()
    {
        await Outside.RunAllAsync(
            "ip link set lo up",
            "ip link add in0 type veth peer name tmp0",
            "ip addr add 11.7.1.1/30 dev in0",
            "ip addr add 2a00:7:1::1/64 dev in0 nodad",
            "sysctl -q -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.in0.rp_filter=0 net.ipv4.icmp_echo_ignore_broadcasts=0",
            "ip link set in0 up",
            // Every address is local here but the other end of the link. In the table `local`, because a sender's own address is looked up there alone.
            $"ip route add {NearAddress}/32 dev in0 table local",
            "ip route add local 0.0.0.0/0 dev lo table local",
            $"ip -6 route add {NearAddress6}/128 dev in0 table local",
            "ip -6 route add local ::/0 dev lo table local",
            $"ip addr add {ServerAddress}/32 dev lo",
            $"ip addr add {ResolverAddress}/32 dev lo",
            $"ip addr add {OpaqueAddress}/32 dev lo",
            $"ip addr add {TunnelAddress}/32 dev lo",
            $"ip addr add {LaxAddress}/32 dev lo",
            $"ip addr add {CanaryAddress}/32 dev lo",
            $"ip -6 addr add {CanaryAddress6}/128 dev lo nodad");
        HostResult moved = await HostCommand.RunAsync(
            ["/usr/bin/nsenter", $"--net=/proc/{Outside.Pid}/ns/net", "--", "ip", "link", "set", "tmp0", "netns", Near.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), "name", "up0"]);
        Assert.True(moved.ExitCode == 0, moved.ToString());
        await Near.RunAllAsync(
            "ip link set lo up",
            $"ip addr add {NearAddress}/30 dev up0",
            $"ip addr add {NearAddress6}/64 dev up0 nodad",
            "ip link set up0 up",
            "ip route add default via 11.7.1.1",
            "ip -6 route add default via 2a00:7:1::1");
    }
}

/// <summary>One outside for all tests that need it.</summary>
[CollectionDefinition(Name)]
public sealed class OutsideDefinition : ICollectionFixture<OutsideWorld>
{
    public const string Name = "outside";
}
