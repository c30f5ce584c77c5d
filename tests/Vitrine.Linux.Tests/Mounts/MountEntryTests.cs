using Vitrine.Linux.Mounts;

namespace Vitrine.Linux.Tests.Mounts;

public sealed class MountEntryTests
{
    [Fact]
    public void Parse_OptionalFieldsAndEscapes_AreUnderstood()
    {
        MountEntry entry = Assert.Single(MountEntry.Parse("36 35 98:0 /mnt1 /mnt\\0402\\134x rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue\n"));
        Assert.Equal((36, 35, "/mnt1", "/mnt 2\\x", "ext3"), (entry.Id, entry.Parent, entry.Root, entry.Path, entry.Type));
        Assert.True(entry.Options.SetEquals(["rw", "noatime"]));
        Assert.True(entry.SuperOptions.SetEquals(["rw", "errors=continue"]));
    }

    [Theory]
    [InlineData("36 35 98:0 / /x rw")]
    [InlineData("x")]
    [InlineData("36 35 98:0 / /x rw - ext4")]
    public void Parse_AnotherForm_Throws(string line) => Assert.Throws<FormatException>(() => MountEntry.Parse(line));

    [Fact]
    public void ReadSelf_ThisProcess_HasARoot() => Assert.Contains(MountEntry.ReadSelf(), static m => m.Path == "/");
}
