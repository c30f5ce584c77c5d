using Vitrine.Conformance.Tests.Egress.World;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>The controls of the world itself: without a sandbox its servers answer, and the canary sees a packet of every kind to any address.</summary>
[Collection(OutsideDefinition.Name)]
public sealed class OutsideWorldTests(OutsideWorld world)
{
    [Fact]
    public async Task Servers_WithoutSandbox_AnswerByName()
    {
        HostResult result = await HostCommand.RunAsync(world.WithoutSandbox(["/usr/bin/curl", "-sS", "--cacert", world.AuthorityFile,
            "https://www.allowed.example/", "http://www.allowed.example/", "https://www.allowed.example:8443/", "http://www.allowed.example:8080/"]));
        Assert.Equal(string.Concat(Enumerable.Repeat("hello from www.allowed.example\n", 4)), result.Output);
        Assert.NotEmpty(world.Names.QuestionsBelow("www.allowed.example"));
    }

    public static TheoryData<string, string> Techniques => new()
    {
        { "TCP to a denied host", "socket.create_connection(('www.denied.example', 443), 3)" },
        { "TCP to a public address", "socket.create_connection(('8.8.8.8', 853), 3)" },
        { "TCP to the metadata service", "socket.create_connection(('169.254.169.254', 80), 3)" },
        { "TCP to a private address", "socket.create_connection(('10.1.2.3', 2375), 3)" },
        { "TCP to IPv6", "socket.create_connection(('2606:4700::1111', 8853), 3)" },
        { "UDP to a foreign resolver", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53))" },
        { "ICMP", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(b'\\x08\\0\\xf7\\xff\\0\\0\\0\\0', ('9.9.9.9', 0))" },
        { "multicast", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('239.255.255.250', 1900))" },
    };

    [Theory]
    [MemberData(nameof(Techniques))]
    public async Task Canary_WithoutSandbox_SeesIt(string name, string technique)
    {
        _ = world.Canary.Take();
        HostResult result = await HostCommand.RunAsync(world.WithoutSandbox(["/usr/bin/python3", "-I", "-c", "import socket; " + technique]));
        Assert.True(result.ExitCode == 0, $"{name}: {result}");
        Assert.True(await Eventually.TrueAsync(() => world.Canary.Take().Count > 0, TimeSpan.FromSeconds(2)), name);
    }

    [Fact]
    public async Task Canary_OfWhatGoesToServers_SeesNothing()
    {
        _ = world.Canary.Take();
        HostResult result = await HostCommand.RunAsync(world.WithoutSandbox(["/usr/bin/curl", "-sS", "http://www.allowed.example/bytes/1000000", "-o", "/dev/null"]));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(world.Canary.Take());
    }

    [Fact]
    public async Task Names_ThatChange_AreAnsweredAnew()
    {
        world.Names.Set("rebind.allowed.example", n => new NameAnswer { Addresses = [System.Net.IPAddress.Parse(n == 0 ? OutsideWorld.ServerAddress : "10.0.0.1")] });
        const string Ask = "import socket; print(*[socket.gethostbyname('rebind.allowed.example') for _ in range(2)])";
        HostResult result = await HostCommand.RunAsync(world.WithoutSandbox(["/usr/bin/python3", "-I", "-c", Ask]));
        Assert.Equal($"{OutsideWorld.ServerAddress} 10.0.0.1\n", result.Output);
    }
}
