using System.Globalization;
using System.Net;

namespace Vitrine.Egress;

/// <summary>
/// Variables that point programs inside at the proxies. No ALL_PROXY: libraries that know only part of what it may say fail on it, and what
/// knows no proxy reaches its host by its name anyway.
/// </summary>
internal static class InsideEnvironment
{
    private static readonly string s_proxy = string.Create(
        CultureInfo.InvariantCulture, $"http://{AddressText.Of(InsideNetwork.Gateway)}:{InsideNetwork.HttpProxyPort}");

    /// <summary>The variables, with further ones.</summary>
    public static IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string>? more)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HTTP_PROXY"] = s_proxy,
            ["HTTPS_PROXY"] = s_proxy,
            ["http_proxy"] = s_proxy,
            ["https_proxy"] = s_proxy,
            ["NO_PROXY"] = "localhost,127.0.0.1,::1",
            ["no_proxy"] = "localhost,127.0.0.1,::1",
        };
        foreach ((string name, string value) in more ?? new Dictionary<string, string>(StringComparer.Ordinal))
            variables[name] = value;
        return variables;
    }
}

/// <summary>IPv4 addresses as numbers, and as text.</summary>
internal static class AddressText
{
    /// <summary>The number's dotted form.</summary>
    public static string Of(uint address) => Address(address).ToString();

    /// <summary>The number as an address.</summary>
    public static IPAddress Address(uint address) =>
        new([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);

    /// <summary>An IPv4 address as a number.</summary>
    public static uint Number(ReadOnlySpan<byte> bytes) =>
        ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
}
