using System.Net.Security;
using Vitrine.Egress.Tests.Support;
using Vitrine.Egress.Tls;

namespace Vitrine.Egress.Tests.Tls;

public sealed class ClientHelloReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(16384)]
    public void Feed_HelloInRecordsOfAnySize_IsPutTogether(int size)
    {
        byte[] bytes = Hello.Records(Hello.Message(Hello.Extensions("api.test")), size);
        using var reader = new ClientHelloReader();
        reader.Feed(bytes);
        Assert.Null(reader.Error);
        Assert.Equal("api.test", reader.Hello!.ServerName);
        Assert.Equal(["h2"], reader.Hello.Protocols);
        Assert.Equal(bytes, reader.Raw);
    }

    [Fact]
    public async Task Read_HelloOfARealClient_IsRead()
    {
        using var sent = new MemoryStream();
        await using (var tls = new SslStream(new OneWay(sent)))
            await Assert.ThrowsAnyAsync<IOException>(() => tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "example.test" }, TestContext.Current.CancellationToken));
        using var reader = new ClientHelloReader();
        sent.Position = 0;
        await reader.ReadAsync(sent, TestContext.Current.CancellationToken);
        Assert.Null(reader.Error);
        Assert.Equal(("example.test", false), (reader.Hello!.ServerName, reader.Hello.HasEncryptedHello));
    }

    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "HTTP", "GET / HTTP/1.1\r\n"u8.ToArray() },
        { "an SSLv2 hello", [0x80, 46, 1, 3, 1, 0, 21] },
        { "an alert", [21, 3, 1, 0, 2, 1, 0] },
        { "an empty record", [22, 3, 1, 0, 0] },
        { "an overlong record", [22, 3, 1, 0x40, 1, 1] },
        { "an alert between two parts", [.. Hello.Records(Hello.Message(Hello.Extensions("api.test")), 20)[..25], 21, 3, 1, 0, 2, 1, 0] },
        { "a ServerHello", [22, 3, 1, 0, 4, 2, 0, 0, 0] },
        { "two messages in a record", Hello.Records([.. Hello.Message(Hello.Extensions("api.test")), .. Hello.Message(Hello.Extensions("evil.test"))], 16384) },
        { "a length of 16 MiB", [22, 3, 1, 0, 4, 1, 0xFF, 0xFF, 0xFF] },
        { "too long", Hello.For("api.test", padding: 66000) },
        { "the name twice", Raw([.. Hello.ServerName("api.test"), .. Hello.ServerName("evil.test")]) },
        { "two names in one", Raw(Hello.Extension(0, [0, 16, 0, 0, 5, .. "a.tes"u8, 0, 0, 5, .. "b.tes"u8])) },
        { "a name of another type", Raw(Hello.Extension(0, [0, 8, 1, 0, 5, .. "a.tes"u8])) },
        { "an empty name", Raw(Hello.Extension(0, [0, 3, 0, 0, 0])) },
        { "an empty name list", Raw(Hello.Extension(0, [0, 0])) },
        { "a NUL in the name", Raw(Hello.ServerName("a.test\0.evil")) },
        { "a name that is cut off", Raw(Hello.Extension(0, [0, 9, 0, 0, 6, .. "a.test"u8])[..^1]) },
        { "half an extension", Raw([0, 0, 0]) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Feed_AnythingElse_IsWrong(string what, byte[] bytes)
    {
        using var reader = new ClientHelloReader();
        reader.Feed(bytes);
        Assert.True(reader.Hello is null && reader.Error is not null, what);
        Assert.InRange(reader.Raw.Length, 0, ClientHelloReader.MaxBytes);
    }

    [Fact]
    public void Feed_PartOfAHello_IsNeitherWholeNorWrong()
    {
        byte[] bytes = Hello.For("api.test");
        for (int length = 0; length < bytes.Length; length++)
        {
            using var reader = new ClientHelloReader();
            reader.Feed(bytes.AsSpan(0, length));
            Assert.True(reader.Hello is null && reader.Error is null);
        }
    }

    [Fact]
    public void Feed_LongHello_AsksForMemoryAndGivesItBack()
    {
        byte[] bytes = Hello.For("api.test", padding: 40000);
        var memory = new MemoryBudget(1 << 20);
        using (var reader = new ClientHelloReader(memory))
        {
            reader.Feed(bytes);
            Assert.NotNull(reader.Hello);
            Assert.Equal(2 * ClientHelloReader.MaxBytes, memory.Used);
        }

        Assert.Equal(0, memory.Used);
        using var refused = new ClientHelloReader(new MemoryBudget(1));
        refused.Feed(bytes);
        Assert.Contains("memory", refused.Error, StringComparison.Ordinal);
    }

    private static byte[] Raw(byte[] extensions) => Hello.Records(Hello.Message(extensions), 16384);

    /// <summary>Keeps what is written and has nothing to read.</summary>
    private sealed class OneWay(MemoryStream sent) : InsideStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => sent.WriteAsync(buffer, cancellationToken);

        public override ValueTask EndWritingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
