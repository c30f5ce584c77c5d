using System.Text;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Secrets;

public sealed class SecretReaderTests
{
    [Theory]
    [InlineData(SecretSourceKind.Environment)]
    [InlineData(SecretSourceKind.File)]
    [InlineData(SecretSourceKind.Command)]
    public async Task ReadAsync_FromEachSource_GivesTheValueWithoutItsLineEnd(SecretSourceKind kind)
    {
        SecretValue secret = Assert.Single(await SecretReader.ReadAsync([Plan(kind)], new FakeHost("s3cret-value\n"u8.ToArray()), Stop));
        Assert.Equal("s3cret-value", secret.Reveal());
        Assert.Matches("^vitrine-secret-TOKEN-[0-9a-f]{32}$", secret.Placeholder);
        Assert.DoesNotContain("s3cret", secret.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Twice_GivesOtherPlaceholders()
    {
        var host = new FakeHost("value"u8.ToArray());
        SecretPlan plan = Plan(SecretSourceKind.File);
        IReadOnlyList<SecretValue> secrets = await SecretReader.ReadAsync([plan, plan], host, Stop);
        Assert.NotEqual(secrets[0].Placeholder, secrets[1].Placeholder, StringComparer.Ordinal);
    }

    public static TheoryData<string, byte[]?> Unusable => new()
    {
        { "is not there", null },
        { "is empty", [] },
        { "is empty", "\n"u8.ToArray() },
        { "more than one line", "hunter2\r\nX-Other: 1"u8.ToArray() },
        { "NUL", "hunter2\0"u8.ToArray() },
        { "not UTF-8", [.. "hunter2"u8, 0xff] },
        { "too long", Encoding.ASCII.GetBytes("hunter2" + new string('x', SecretReader.MaxBytes)) },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task ReadAsync_WhatCannotBeUsed_NamesTheSecretAndNotItsValue(string says, byte[]? bytes)
    {
        foreach (SecretSourceKind kind in Enum.GetValues<SecretSourceKind>())
        {
            if (kind == SecretSourceKind.Command && bytes is null)
                continue;
            if (kind == SecretSourceKind.Environment && says.Equals("not UTF-8", StringComparison.Ordinal))
                continue;
            EgressException error = await Assert.ThrowsAsync<EgressException>(
                () => SecretReader.ReadAsync([Plan(kind)], new FakeHost(bytes), Stop));
            Assert.Contains("TOKEN", error.Message, StringComparison.Ordinal);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ReadAsync_AFileOfThisHost_IsReadUpToItsBound()
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "from-a-file\n", Stop);
            var host = new SecretHost((_, _, _) => throw new IOException("it cannot be started"));
            var plan = new SecretPlan { Name = "F", From = new SecretSource(SecretSourceKind.File, path, []) };
            Assert.Equal("from-a-file", Assert.Single(await SecretReader.ReadAsync([plan], host, Stop)).Reveal());
            Assert.Null(await host.ReadFileAsync("/nowhere", 10, Stop));
            Assert.Equal("from"u8.ToArray(), await host.ReadFileAsync(path, 4, Stop));
            EgressException error = await Assert.ThrowsAsync<EgressException>(
                () => SecretReader.ReadAsync([Plan(SecretSourceKind.Command)], host, Stop));
            Assert.Contains("pass: it cannot be started", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static SecretPlan Plan(SecretSourceKind kind) => new() { Name = "TOKEN", From = new SecretSource(kind, "X", ["pass", "show"]) };

    private sealed class FakeHost(byte[]? bytes) : ISecretHost
    {
        public string? Variable(string name) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

        public Task<byte[]?> ReadFileAsync(string path, int limit, CancellationToken cancellationToken) => Task.FromResult(bytes?.Take(limit).ToArray());

        public Task<byte[]> RunAsync(IReadOnlyList<string> command, int limit, CancellationToken cancellationToken) =>
            Task.FromResult(bytes!.AsSpan(0, Math.Min(limit, bytes!.Length)).ToArray());
    }
}
