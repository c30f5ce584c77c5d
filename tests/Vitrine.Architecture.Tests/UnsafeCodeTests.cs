namespace Vitrine.Architecture.Tests;

/// <summary>System calls and unsafe code are in Vitrine.Linux alone, and nothing starts processes but through it.</summary>
public sealed class UnsafeCodeTests
{
    public static TheoryData<string> Others => [.. Repository.Folders("src").Where(project => project != "Vitrine.Linux")];

    [Theory]
    [MemberData(nameof(Others))]
    public void PlatformInvoke_OutsideLinux_IsNowhere(string project)
    {
        using Built built = Built.Open(project);
        Assert.Equal(0, built.PlatformInvokes);
    }

    [Fact]
    public void PlatformInvoke_InLinux_IsSeen()
    {
        using Built built = Built.Open("Vitrine.Linux");
        Assert.NotEqual(0, built.PlatformInvokes);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void UnsafeBlocks_OutsideLinux_AreNotAllowed(string project) =>
        Assert.DoesNotContain("AllowUnsafeBlocks", Repository.Read($"src/{project}/{project}.csproj"), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Others))]
    public void ProcessStart_Anywhere_IsNotCalled(string project)
    {
        using Built built = Built.Open(project);
        Assert.False(built.Calls("System.Diagnostics", "Process", "Start"));
    }

    [Fact]
    public void ProcessStart_InThisTest_IsSeen()
    {
        using Built built = Built.Open("Vitrine.Architecture.Tests");
        Assert.True(built.Calls("System.Diagnostics", "Process", "Start"), "the control: this assembly starts git");
    }

    [Fact]
    public void DynamicCode_InShippedAssemblies_IsNowhere()
    {
        foreach (string project in Others)
        {
            using Built built = Built.Open(project);
            Assert.False(built.Calls("System.Reflection.Emit", "DynamicMethod", ".ctor"), project);
            Assert.DoesNotContain("System.Runtime.Serialization.Formatters", built.References, StringComparer.Ordinal);
        }
    }
}
