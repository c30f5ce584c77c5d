using Vitrine.Egress.Dns;
using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Dns;

public sealed class DnsStubTests
{
    private const int Code = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_AllowedName_IsAnAddressThatStaysItsOwn()
    {
        await using World world = World.Open(World.Rule(443), World.Rule(443, host: "*.api.test"));
        uint first = await world.LookUpAsync("api.test");
        uint second = await world.LookUpAsync("other.api.test");
        Assert.Equal(InsideNetwork.FirstName + 1, first);
        Assert.Equal(first + 1, second);
        Assert.Equal(first, await world.LookUpAsync("API.TEST"));
        world.Session.Update(world.Plan with { Allow = [World.Rule(443, host: "new.test")] });
        Assert.Equal(second + 1, await world.LookUpAsync("new.test"));
        Assert.Equal(0u, await world.LookUpAsync("api.test"));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(65)]
    [InlineData(16)]
    [InlineData(255)]
    public async Task Answer_OtherTypesOfAnAllowedName_HaveNoData(ushort type)
    {
        await using World world = World.Open(World.Rule(443));
        byte[] answer = await AskAsync(world, "api.test", (DnsType)type);
        Assert.Equal((0, 0, 0), (answer[Code] & 0xF, answer[6], answer[7]));
    }

    [Theory]
    [InlineData("evil.test", 3)]
    [InlineData("sub.api.test", 3)]
    [InlineData("metadata.google.internal", 3)]
    [InlineData("1.2.0.192.in-addr.arpa", 3)]
    [InlineData("localhost", 0)]
    public async Task Answer_OtherNames_DoNotExist(string name, int code)
    {
        await using World world = World.Open(World.Rule(443));
        Assert.Equal(code, (await AskAsync(world, name, DnsType.A))[Code] & 0xF);
    }

    [Fact]
    public async Task Answer_NameOnlyDeniedOnItsPort_DoesNotExist()
    {
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(443)], Deny = [World.Rule(443) with { Id = "no" }] });
        Assert.Equal(3, (await AskAsync(world, "api.test", DnsType.A))[Code] & 0xF);
        Assert.Equal("denied", Assert.Single(world.Log.Refused).Code);
    }

    [Fact]
    public async Task Answer_NamesBelowAWildcard_AreRefusedBeyondTheBudgetWithAnAlarm()
    {
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(443, host: "*.api.test")], NamesPerWildcard = 3 });
        for (int index = 0; index < 3; index++)
            Assert.NotEqual(0u, await world.LookUpAsync($"n{index}.api.test"));
        Assert.Equal(5, (await AskAsync(world, "n3.api.test", DnsType.A))[Code] & 0xF);
        Assert.NotEqual(0u, await world.LookUpAsync("n0.api.test"));
        Assert.Equal("wildcard-flood", Assert.Single(world.Log.Alarms).Kind);
    }

    public static TheoryData<string, byte[], int> Malformed => new()
    {
        { "two questions", With(5, 2), 1 },
        { "no question", With(5, 0), 1 },
        { "an answer in it", With(7, 1), 1 },
        { "truncated", With(2, 3), 1 },
        { "status query", With(2, 0x10), 4 },
        { "a compressed name", [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1], 1 },
        { "cut off", DnsRequest.Write(7, "api.test", DnsType.A)[..^1], 1 },
        { "class CHAOS", With(^1, 3), 5 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Answer_Malformed_IsAnError(string what, byte[] message, int code)
    {
        await using World world = World.Open(World.Rule(443));
        byte[] answer = await world.Session.AnswerAsync(message);
        Assert.True(code == (answer[Code] & 0xF), what);
        Assert.Equal(message[..2], answer[..2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public async Task Answer_LessThanAHeader_IsNothing(int length)
    {
        await using World world = World.Open();
        Assert.Empty(await world.Session.AnswerAsync(new byte[length]));
    }

    [Fact]
    public async Task Answer_AnAnswerOrTooMuch_IsNothing()
    {
        await using World world = World.Open();
        Assert.Empty(await world.Session.AnswerAsync(With(2, 0x81)));
        Assert.Empty(await world.Session.AnswerAsync(new byte[DnsQuestion.LongestMessage + 1]));
    }

    [Fact]
    public async Task Answer_WithEdns_IsTheSame()
    {
        await using World world = World.Open(World.Rule(443));
        byte[] message = [.. DnsRequest.Write(7, "api.test", DnsType.A), 0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0];
        message[11] = 1;
        Assert.Equal(InsideNetwork.FirstName + 1, AddressText.Number((await world.Session.AnswerAsync(message)).AsSpan()[^4..]));
    }

    [Fact]
    public async Task Tcp_SeveralQuestionsInPieces_AreAnsweredInTurn()
    {
        await using World world = World.Open(World.Rule(443), World.Rule(443, host: "b.test"));
        InsideSocket inside = await world.ConnectAsync(InsideNetwork.Gateway, InsideNetwork.DnsPort);
        byte[] both = [.. Framed("api.test"), .. Framed("b.test")];
        foreach (byte one in both)
            await inside.Stream.WriteAsync(new[] { one }, Token);
        inside.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        using var memory = new MemoryStream();
        await inside.Stream.CopyToAsync(memory, Token);
        byte[] answers = memory.ToArray();
        int first = (answers[0] << 8) + answers[1];
        Assert.Equal(InsideNetwork.FirstName + 1, AddressText.Number(answers.AsSpan(first - 2)));
        Assert.Equal(InsideNetwork.FirstName + 2, AddressText.Number(answers.AsSpan()[^4..]));
    }

    [Fact]
    public void Names_AllOfThem_HaveAddressesOfTheirOwnThatFindThemAgain()
    {
        var names = new InsideNames();
        EgressRule rule = World.Rule(443, host: "x");
        HashSet<uint> addresses = [];
        for (int index = 0; index < InsideNames.MaxNames; index++)
        {
            Assert.Null(names.Admit($"n{index}", rule, 1, out uint address));
            Assert.True(addresses.Add(address) && (address & 0xFF) is not (0 or 255) && address is >= InsideNetwork.FirstName and <= InsideNetwork.LastName);
            Assert.Equal($"n{index}", names.Find(address));
        }

        Assert.Equal("name-budget", names.Admit("more", rule, 1, out _)!.Code);
        Assert.All([0u, InsideNetwork.Gateway, InsideNetwork.FirstName, InsideNetwork.FirstName + 255, addresses.Max() + 1, InsideNetwork.LastName, uint.MaxValue],
            address => Assert.Null(names.Find(address)));
    }

    private static byte[] With(Index at, byte value)
    {
        byte[] message = DnsRequest.Write(7, "api.test", DnsType.A);
        message[at] = value;
        return message;
    }

    private static byte[] Framed(string name)
    {
        byte[] message = DnsRequest.Write(7, name, DnsType.A);
        return [0, (byte)message.Length, .. message];
    }

    private static Task<byte[]> AskAsync(World world, string name, DnsType type) => world.Session.AnswerAsync(DnsRequest.Write(7, name, type));
}
