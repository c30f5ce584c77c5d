using Vitrine.Linux.Namespaces;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Tests.Oci;

public sealed class IdMapTests
{
    [Fact]
    public void Caller_User_IsIdZeroAndTheOthersKeepApart()
    {
        IdMap map = IdMap.Caller(new IdentityPlan("user", 1000, 100, 0), 65536);
        Assert.Equal([new IdRange(0, 1, 1000), new IdRange(1000, 0, 1), new IdRange(1001, 1001, 64535)], map.Users);
        Assert.Equal((1u, 1000u, 0u, 1001u, 65535u), (map.User(0), map.User(999), map.User(1000), map.User(1001), map.User(65535)));
        Assert.Equal((1u, 0u, 101u), (map.Group(0), map.Group(100), map.Group(101)));
        Assert.Equal(65536, Enumerable.Range(0, 65536).Select(i => map.User((uint)i)).Distinct().Count());
    }

    [Fact]
    public void Caller_UserZero_HasTwoRanges() =>
        Assert.Equal([new IdRange(0, 0, 1), new IdRange(1, 1, 65535)], IdMap.Caller(new IdentityPlan("root", 0, 0, 0), 65536).Users);

    [Fact]
    public void User_BeyondTheRange_HasNobodyBehindIt()
    {
        IdMap map = IdMap.Shifted(1, 65535);
        Assert.Equal(65535u, map.User(65534));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.User(65535));
    }
}
