using Vitrine.Policy.Model;

namespace Vitrine.Policy.Tests.Planning;

public sealed class MountArgumentTests
{
    [Theory]
    [InlineData("/a:/b", "/a", "/b", MountAccess.ReadOnly, false, false, false)]
    [InlineData("data:/b:rw", "./data", "/b", MountAccess.ReadWrite, false, false, false)]
    [InlineData("~/x:/b:ro,exec", "~/x", "/b", MountAccess.ReadOnly, true, false, false)]
    [InlineData(".:/b:rw,exec,owner=root", ".", "/b", MountAccess.ReadWrite, true, true, false)]
    [InlineData("./x:/b:mask=auto", "./x", "/b", MountAccess.ReadOnly, false, false, true)]
    public void TryParse_Argument_GivesTheMount(string text, string source, string target, MountAccess access, bool exec, bool ownerRoot,
        bool maskAuto)
    {
        Assert.True(MountArgument.TryParse(text, out MountSettings? mount, out string error), error);
        Assert.Equal(new MountSettings
        {
            Source = source,
            Target = target,
            Access = access,
            Exec = exec,
            OwnerRoot = ownerRoot,
            MaskAuto = maskAuto,
            Mask = mount!.Mask
        }, mount);
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("/a:b")]
    [InlineData("/a:/b:rx")]
    [InlineData("/a:/b:rw:x")]
    [InlineData("../a:/b")]
    [InlineData("/a:/b/../c")]
    [InlineData("/a:/b:rw,mask=auto")]
    [InlineData("/a\0:/b")]
    public void TryParse_NoMount_IsASentenceWithAWayOut(string text)
    {
        Assert.False(MountArgument.TryParse(text, out _, out string error));
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        Assert.Contains(':', error);
        Assert.DoesNotContain('\0', error);
    }
}
