using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Vitrine.Egress.Rules;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Rules;

public sealed class AddressGuardTests
{
    private static readonly AddressGuard s_guard = new(TimeProvider.System, static () => [IPAddress.Parse("9.9.9.9"), IPAddress.Parse("10.9.9.9"), IPAddress.Parse("2a00::9"), IPAddress.Parse("169.254.169.254")]);

    [Theory]
    [InlineData("1.1.1.1", "Public")]
    [InlineData("172.15.255.255", "Public")]
    [InlineData("172.32.0.0", "Public")]
    [InlineData("100.63.255.255", "Public")]
    [InlineData("100.128.0.0", "Public")]
    [InlineData("223.255.255.255", "Public")]
    [InlineData("2a00::1", "Public")]
    [InlineData("64:ff9b::1.1.1.1", "Public")]
    [InlineData("2002:101:101::", "Public")]
    [InlineData("0.0.0.0", "Special")]
    [InlineData("0.255.255.255", "Special")]
    [InlineData("127.0.0.1", "Own")]
    [InlineData("127.255.255.255", "Own")]
    [InlineData("9.9.9.9", "Own")]
    [InlineData("10.9.9.9", "Own")]
    [InlineData("2a00::9", "Own")]
    [InlineData("::1", "Own")]
    [InlineData("::ffff:127.0.0.1", "Own")]
    [InlineData("::ffff:9.9.9.9", "Own")]
    [InlineData("64:ff9b::7f00:1", "Own")]
    [InlineData("64:ff9b::909:909", "Own")]
    [InlineData("2002:7f00:1::1", "Own")]
    [InlineData("10.0.0.0", "Private")]
    [InlineData("10.255.255.255", "Private")]
    [InlineData("100.64.0.1", "Private")]
    [InlineData("169.254.1.1", "Private")]
    [InlineData("172.16.0.1", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("192.168.0.1", "Private")]
    [InlineData("::ffff:192.168.0.1", "Private")]
    [InlineData("64:ff9b::c0a8:1", "Private")]
    [InlineData("2002:c0a8:1::", "Private")]
    [InlineData("fc00::1", "Private")]
    [InlineData("fdff::1", "Private")]
    [InlineData("fe80::1", "Private")]
    [InlineData("fe80::1%3", "Private")]
    [InlineData("fec0::1", "Private")]
    [InlineData("169.254.169.254", "Metadata")]
    [InlineData("169.254.170.2", "Metadata")]
    [InlineData("100.100.100.200", "Metadata")]
    [InlineData("168.63.129.16", "Metadata")]
    [InlineData("192.0.0.192", "Metadata")]
    [InlineData("fd00:ec2::254", "Metadata")]
    [InlineData("fd20:ce::254", "Metadata")]
    [InlineData("::ffff:169.254.169.254", "Metadata")]
    [InlineData("64:ff9b::a9fe:a9fe", "Metadata")]
    [InlineData("2002:a9fe:a9fe::", "Metadata")]
    [InlineData("192.0.2.1", "Special")]
    [InlineData("198.18.0.1", "Special")]
    [InlineData("198.19.255.255", "Special")]
    [InlineData("198.51.100.1", "Special")]
    [InlineData("203.0.113.1", "Special")]
    [InlineData("224.0.0.1", "Special")]
    [InlineData("240.0.0.1", "Special")]
    [InlineData("255.255.255.255", "Special")]
    [InlineData("::", "Special")]
    [InlineData("::7f00:1", "Special")]
    [InlineData("::ffff:0:127.0.0.1", "Special")]
    [InlineData("64:ff9b:1::7f00:1", "Special")]
    [InlineData("100::1", "Special")]
    [InlineData("2001:0:1::1", "Special")]
    [InlineData("2001:db8::1", "Special")]
    [InlineData("3fff::1", "Special")]
    [InlineData("4000::1", "Special")]
    [InlineData("ff02::1", "Special")]
    public void Classify_KnownAddresses_AreWhatTheirRegistriesSay(string address, string kind) =>
        Assert.Equal(kind, s_guard.Classify(IPAddress.Parse(address)).Kind.ToString());

    [Theory]
    [InlineData("1.1.1.1", false, null)]
    [InlineData("127.0.0.1", false, "forbidden-address")]
    [InlineData("127.0.0.1", true, null)]
    [InlineData("10.0.0.1", true, null)]
    [InlineData("9.9.9.9", true, null)]
    [InlineData("fe80::1", true, null)]
    [InlineData("169.254.169.254", true, "metadata")]
    [InlineData("0.0.0.0", true, "forbidden-address")]
    [InlineData("::7f00:1", true, "forbidden-address")]
    [InlineData("224.0.0.1", true, "forbidden-address")]
    public void Judge_Internal_LiftsPrivateAndOwnAlone(string address, bool isInternal, string? code) =>
        Assert.Equal(code, s_guard.Judge(IPAddress.Parse(address), "a.test", new EgressRule { Id = "r", Host = "a.test", Internal = isInternal })?.Code);

    [Fact]
    public void Classify_AnyIpv4Address_IsTheSameInEveryFormThatEmbedsIt() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(ArbMap.Default.ArbFor<uint>(), number =>
        {
            byte[] four = AddressText.Address(number).GetAddressBytes();
            AddressKind kind = s_guard.Classify(new IPAddress(four)).Kind;
            IPAddress[] forms =
            [
                new([.. new byte[10], 0xFF, 0xFF, .. four]),
                new([0, 0x64, 0xFF, 0x9B, .. new byte[8], .. four]),
                new([0x20, 2, .. four, .. new byte[10]]),
            ];
            return forms.All(form => s_guard.Classify(form).Kind == kind);
        }));
}
