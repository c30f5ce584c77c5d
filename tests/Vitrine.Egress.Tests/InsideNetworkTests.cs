namespace Vitrine.Egress.Tests;

public sealed class InsideNetworkTests
{
    [Fact]
    public void Names_TheirAddresses_AreOfTheRangeForTests()
    {
        Assert.Equal(0xC612u, InsideNetwork.Gateway >> 16);
        Assert.Equal(0xC612u & 0xFFFE, (InsideNetwork.FirstName >> 16) & 0xFFFE);
        Assert.Equal(0xC612u & 0xFFFE, (InsideNetwork.LastName >> 16) & 0xFFFE);
    }
}
