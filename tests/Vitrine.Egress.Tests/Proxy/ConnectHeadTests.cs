using System.Text;
using Vitrine.Egress.Proxy;

namespace Vitrine.Egress.Tests.Proxy;

public sealed class ConnectHeadTests
{
    [Theory]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.0\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nhOST:\tA.B:443 \r\nProxy-Connection: keep-alive\r\nX:\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nContent-Length: 0\r\n\r\n")]
    public void Read_PlainHead_GivesHostAndPort(string head)
    {
        Assert.Null(ConnectHead.Read(Encoding.Latin1.GetBytes(head), out ConnectHead? read));
        Assert.Equal(new ConnectHead("a.b", 443), read);
    }

    [Theory]
    [InlineData("CONNECT a.b:443 HTTP/1.1\n\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\n\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nX: a\rb\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nX: a\0b\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\n X: folded\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nX: a\r\n b\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nX : a\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\n: a\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nX\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nHost: c.d:443\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nHost: a.b:444\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\nHost: a.b\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/2.0\r\n\r\n")]
    [InlineData("CONNECT a.b:443  HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT  a.b:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT\ta.b:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.b:443 HTTP/1.1 \r\n\r\n")]
    [InlineData("CONNECT a.b:443\r\n\r\n")]
    [InlineData("CONNECT a.b:44 3 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.b:+443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.b:443:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT u@a.b:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.b\0:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a\u00E4.b:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT :443 HTTP/1.1\r\n\r\n")]
    [InlineData("connect a.b:443 HTTP/1.1\r\n\r\n")]
    [InlineData("GET a.b:443 HTTP/1.1\r\n\r\n")]
    public void Read_WhatCouldBeReadInTwoWays_IsRefused(string head)
    {
        Assert.NotNull(ConnectHead.Read(Encoding.Latin1.GetBytes(head), out ConnectHead? read));
        Assert.Null(read);
    }

    [Fact]
    public void Read_MoreFieldsThanAllowed_IsRefused()
    {
        string fields = string.Concat(Enumerable.Range(0, 101).Select(static index => $"X{index}: 1\r\n"));
        Assert.Contains("100", ConnectHead.Read(Encoding.ASCII.GetBytes($"CONNECT a.b:443 HTTP/1.1\r\n{fields}\r\n"), out _), StringComparison.Ordinal);
    }
}
