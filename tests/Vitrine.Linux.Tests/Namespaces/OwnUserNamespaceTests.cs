using Vitrine.Linux.Namespaces;

namespace Vitrine.Linux.Tests.Namespaces;

public sealed class OwnUserNamespaceTests
{
    [Theory]
    [InlineData("         0          0 4294967295\n", true)]
    [InlineData("         0       1001          1\n         1     100000      65535\n", false)]
    [InlineData("0 100000 65536\n", false)]
    [InlineData("", false)]
    public void IsIdentity_Map_OnlyOfTheHost(string map, bool expected) => Assert.Equal(expected, OwnUserNamespace.IsIdentity(map));

    [Theory]
    [InlineData("0 1001 1\n1 100000 65535\n", 65536)]
    [InlineData("1 100000 65535\n0 1001 1\n", 65536)]
    [InlineData("0 1001 1\n2 100000 65535\n", 1)]
    [InlineData("1 100000 65535\n", 0)]
    [InlineData("", 0)]
    public void Mapped_Map_CountsFromZeroToTheFirstGap(string map, uint expected) => Assert.Equal(expected, OwnUserNamespace.Mapped(map));
}
