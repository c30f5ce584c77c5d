using System.Net;
using Vitrine.Egress.Dns;
using Vitrine.Egress.Tests.Support;

namespace Vitrine.Egress.Tests.Dns;

public sealed class NameResolverTests
{
    private static readonly EgressGatewayOptions s_quick = new()
    {
        Hosts = "/nonexistent/hosts",
        ResolveTimeout = TimeSpan.FromMilliseconds(1500),
        ResolveTryTimeout = TimeSpan.FromMilliseconds(250),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resolve_BothFamilies_AreAskedAndIpv4ComesFirst()
    {
        await using var server = new NameServer();
        server.Records["a.test"] = ["2001:db8::1", "192.0.2.1", "192.0.2.2"];
        Assert.Equal("192.0.2.1 192.0.2.2 2001:db8::1", await ResolveAsync("a.test", server));
        Assert.Equal([DnsType.A, DnsType.Aaaa], server.Asked.Select(static one => one.Type).Order());
    }

    [Fact]
    public async Task Resolve_Aliases_AreFollowedInOneAnswerAndOverSeveral()
    {
        await using var server = new NameServer();
        server.Records["a.test"] = ["b.test", "c.test", "192.0.2.1"];
        server.Records["d.test"] = ["a.test"];
        Assert.Equal("192.0.2.1", await ResolveAsync("a.test", server));
        Assert.Equal("192.0.2.1", await ResolveAsync("d.test", server));
    }

    [Fact]
    public async Task Resolve_AliasesInACircle_Fail()
    {
        await using var server = new NameServer();
        server.Records["a.test"] = ["b.test"];
        server.Records["b.test"] = ["a.test"];
        await Assert.ThrowsAsync<NameResolutionException>(() => ResolveAsync("a.test", server));
        Assert.InRange(server.Asked.Count, 2, 2 * DnsReply.MaxAliases);
    }

    [Fact]
    public async Task Resolve_NameThatIsNot_HasNoAddress()
    {
        await using var server = new NameServer();
        Assert.Equal("", await ResolveAsync("a.test", server));
    }

    [Fact]
    public async Task Resolve_Truncated_IsAskedAgainOverTcp()
    {
        await using var server = new NameServer();
        server.Answer = static (question, isStream) => NameServer.Write(
            question, DnsCode.None, isStream ? [.. Enumerable.Range(1, 30).Select(static index => $"192.0.2.{index}")] : [], isTruncated: !isStream);
        Assert.Equal(30, (await ResolveAsync("a.test", server)).Split(' ').Length);
    }

    [Fact]
    public async Task Resolve_FirstServerSilentOrFailing_AsksTheNext()
    {
        await using var silent = new NameServer { Answer = static (_, _) => [] };
        await using var failing = new NameServer { Answer = static (question, _) => NameServer.Write(question, DnsCode.ServerFailure, []) };
        await using var server = new NameServer();
        server.Records["a.test"] = ["192.0.2.1"];
        Assert.Equal("192.0.2.1", await ResolveAsync("a.test", silent, failing, server));
    }

    [Fact]
    public async Task Resolve_SilentServers_FailInTime()
    {
        await using var silent = new NameServer { Answer = static (_, _) => [] };
        NameResolutionException e = await Assert.ThrowsAsync<NameResolutionException>(() => ResolveAsync("a.test", silent).WaitAsync(TimeSpan.FromSeconds(5), Token));
        Assert.True(e.IsTimeout);
    }

    [Fact]
    public async Task Resolve_WrongNumberNameOrKind_IsPassedOver()
    {
        await using var server = new NameServer();
        server.Answer = static (question, _) =>
        {
            // An answer of the right shape with another number: what someone off the path would guess.
            DnsQuestion guessed = question with { Id = (ushort)(question.Id + 1) };
            return NameServer.Write(guessed, DnsCode.None, ["192.0.2.66"]);
        };
        await Assert.ThrowsAsync<NameResolutionException>(() => ResolveAsync("a.test", server));
    }

    [Fact]
    public async Task Resolve_Again_IsKeptAsLongAsTheAnswerSays()
    {
        await using var server = new NameServer();
        server.Answer = static (question, _) => NameServer.Write(question, DnsCode.None, ["192.0.2.1"], timeToLive: question.Name == "kept.test" ? 30u : 0);
        var resolver = new NameResolver(s_quick);
        foreach (string name in (string[])["kept.test", "kept.test", "fleeting.test", "fleeting.test"])
            await resolver.ResolveAsync(name, [server.EndPoint.ToString()], Token);
        Assert.Equal(1, server.Asked.Count(static one => one is { Name: "kept.test", Type: DnsType.A }));
        Assert.Equal(2, server.Asked.Count(static one => one is { Name: "fleeting.test", Type: DnsType.A }));
    }

    [Fact]
    public async Task Resolve_SameNameAtOnce_IsAskedOnce()
    {
        var go = new TaskCompletionSource();
        await using var server = new NameServer();
        server.Answer = (question, _) =>
        {
            go.Task.Wait(Token);
            return NameServer.Write(question, DnsCode.None, ["192.0.2.1"]);
        };
        var resolver = new NameResolver(s_quick);
        Task<IReadOnlyList<IPAddress>>[] all =
            [.. Enumerable.Range(0, 50).Select(_ => resolver.ResolveAsync("a.test", [server.EndPoint.ToString()], Token))];
        go.SetResult();
        await Task.WhenAll(all);
        Assert.Equal(2, server.Asked.Count);
    }

    [Fact]
    public void ReadServers_ResolvConf_TakesThreeAddresses()
    {
        Assert.Equal(["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53"], HostTables.ReadServers(
            ["# nameserver 1.2.3.4", "search x", "nameserver  192.0.2.1 ", "nameserver bad", "nameserver\t2001:db8::1", "nameserver 192.0.2.2", "nameserver 192.0.2.3"])
            .Select(static one => one.ToString()), StringComparer.Ordinal);
        Assert.Equal("127.0.0.1:53", Assert.Single(HostTables.ReadServers([])).ToString());
    }

    private static async Task<string> ResolveAsync(string name, params NameServer[] servers)
    {
        var resolver = new NameResolver(s_quick);
        return string.Join(' ', await resolver.ResolveAsync(name, [.. servers.Select(static one => one.EndPoint.ToString())], Token));
    }
}
