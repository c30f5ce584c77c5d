using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

public sealed class SeccompNamesTests
{
    [Theory]
    [InlineData("mount", "cannot be added")]
    [InlineData("io_uring_setup", "cannot be added")]
    [InlineData("sys_read", "is not known")]
    [InlineData("READ", "is not known")]
    public void Compile_NameThatMayNotBeAdded_IsRefusedWithAReason(string name, string because)
    {
        var error = Assert.Throws<ArgumentException>(() => SeccompCompiler.Compile(With(allow: [name])));

        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("execve", "cannot be removed")]
    [InlineData("nonsense", "is not known")]
    public void Compile_NameThatMayNotBeRemoved_IsRefusedWithAReason(string name, string because)
    {
        var error = Assert.Throws<ArgumentException>(() => SeccompCompiler.Compile(With(deny: [name])));

        Assert.Contains(because, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_SeveralFaults_NamesAll()
    {
        var error = Assert.Throws<ArgumentException>(() => SeccompCompiler.Compile(With(allow: ["mount", "bpf"], deny: ["write"])));

        Assert.All(["mount", "bpf", "write"], name => Assert.Contains($"`{name}`", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Compile_EveryNameOnItsOwn_IsAddedOrRefusedAsClassified()
    {
        foreach (var name in SyscallTable.Names(CpuArchitecture.X64))
        {
            if (SeccompNames.WhyNotAdded(name) is null)
                SeccompCompiler.Compile(With(allow: [name]));
            else
                Assert.True(SyscallTable.IsNeverAllowed(name), name);
        }
    }

    [Fact]
    public void Compile_AddedName_IsLiftedFromTheOuterFilterToo()
    {
        BpfSimulator plain = new(BpfProgram.Parse(SeccompCompiler.Compile(With()).Outer.Span));
        BpfSimulator added = new(BpfProgram.Parse(SeccompCompiler.Compile(With(allow: ["ptrace"])).Outer.Span));
        Assert.True(SyscallTable.TryGetNumber(CpuArchitecture.X64, "ptrace", out var number));
        SeccompData call = new((uint)number, AuditArchitecture.X64, 0, default);

        Assert.Equal(SeccompVerdict.Errno(1), plain.Run(call));
        Assert.Equal(SeccompVerdict.Allow, added.Run(call));
    }

    [Fact]
    public void Compile_NameAddedAndRemoved_IsRemoved()
    {
        BpfSimulator filter = new(BpfProgram.Parse(SeccompCompiler.Compile(With(allow: ["ptrace"], deny: ["ptrace"])).Command.Span));
        Assert.True(SyscallTable.TryGetNumber(CpuArchitecture.X64, "ptrace", out var number));

        Assert.Equal(SeccompVerdict.Errno(1), filter.Run(new((uint)number, AuditArchitecture.X64, 0, default)));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("chmod")]
    [InlineData("socket")]
    [InlineData("clone")]
    public void Command_AddedNameThatIsJudgedByArgument_KeepsItsConditions(string name)
    {
        var plain = SeccompFilters.Command(With() with { RefuseSetIdBits = true });
        var added = SeccompFilters.Command(With(allow: [name]) with { RefuseSetIdBits = true });

        Assert.Equal(BpfCompiler.Compile(plain).ToBytes(), BpfCompiler.Compile(added).ToBytes());
    }

    private static SeccompRequest With(string[]? allow = null, string[]? deny = null) => new()
    {
        Architecture = CpuArchitecture.X64,
        Allow = new HashSet<string>(allow ?? [], StringComparer.Ordinal),
        Deny = new HashSet<string>(deny ?? [], StringComparer.Ordinal),
    };
}
