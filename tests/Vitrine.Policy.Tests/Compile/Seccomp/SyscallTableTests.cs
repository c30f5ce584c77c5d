using Vitrine.Policy.Compile.Seccomp;
using Vitrine.Policy.Compile.Seccomp.Data;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

public sealed class SyscallTableTests
{
    public static TheoryData<CpuArchitecture> Architectures => [CpuArchitecture.X64, CpuArchitecture.Arm64];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Names_EveryEntry_IsClassified(CpuArchitecture architecture)
    {
        var unclassified = SyscallTable.Names(architecture).Where(name => SyscallTable.Classify(name) is null);

        Assert.Empty(unclassified);
    }

    [Fact]
    public void Groups_EveryName_IsKnownAndInOneGroupOnly()
    {
        var names = AllowedGroups.All.Concat(RefusedGroups.All).SelectMany(group => group.Names)
            .Concat(ConditionalRules.All.Select(call => call.Name)).ToList();

        Assert.All(names, name => Assert.True(SyscallTable.IsKnown(name), name));
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Groups_EveryOne_HasAReasonThatIsASentence()
    {
        var reasons = AllowedGroups.All.Concat(RefusedGroups.All).Select(group => group.Reason)
            .Concat(ConditionalRules.All.Select(call => call.Reason));

        Assert.All(reasons, reason => Assert.Matches("^[A-Z0-9a-z].{10,}\\.$", reason));
    }

    [Theory]
    [InlineData(CpuArchitecture.X64, "read", 0)]
    [InlineData(CpuArchitecture.X64, "clone3", 435)]
    [InlineData(CpuArchitecture.X64, "listns", 470)]
    [InlineData(CpuArchitecture.Arm64, "io_setup", 0)]
    [InlineData(CpuArchitecture.Arm64, "openat", 56)]
    [InlineData(CpuArchitecture.Arm64, "execve", 221)]
    public void TryGetNumber_KnownCall_IsTheKernels(CpuArchitecture architecture, string name, int expected)
    {
        Assert.True(SyscallTable.TryGetNumber(architecture, name, out var number));
        Assert.Equal(expected, number);
        Assert.Equal(name, SyscallTable.NameOf(architecture, number));
    }

    [Fact]
    public void TryGetNumber_CallOfTheOtherArchitecture_IsNotThere()
    {
        Assert.False(SyscallTable.TryGetNumber(CpuArchitecture.Arm64, "open", out _));
        Assert.True(SyscallTable.IsKnown("open"));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Numbers_ThisMachinesHeaders_AgreeWithTheTable(CpuArchitecture architecture)
    {
        var headers = KernelHeaders.Read(architecture);
        Assert.SkipWhen(headers is null, "gcc or the kernel's headers (linux-libc-dev) are missing: the tables were not compared");

        Assert.True(headers.Count > 290, $"only {headers.Count} numbers were read from the headers");
        Assert.All(headers, entry =>
        {
            Assert.True(SyscallTable.TryGetNumber(architecture, entry.Key, out var number),
                $"{entry.Key} ({entry.Value}) is in the headers and not in the table: classify it");
            Assert.Equal(entry.Value, number);
        });
        var last = headers.Values.Max();
        // uretprobe (6.11) and uprobe (6.18) filled a gap below numbers that older headers have.
        Assert.All(SyscallTable.Names(architecture).Where(name => name is not ("uretprobe" or "uprobe")), name =>
            Assert.True(headers.ContainsKey(name) || (SyscallTable.TryGetNumber(architecture, name, out var number) && number > last),
                $"{name} is not in the headers"));
    }

    [Theory]
    [InlineData("mount")]
    [InlineData("setns")]
    [InlineData("clone3")]
    [InlineData("io_uring_setup")]
    [InlineData("bpf")]
    [InlineData("open_by_handle_at")]
    [InlineData("init_module")]
    public void IsNeverAllowed_CallThatUndoesAnotherLayer_IsTrue(string name) => Assert.True(SyscallTable.IsNeverAllowed(name));

    [Theory]
    [InlineData("ptrace")]
    [InlineData("read")]
    [InlineData("personality")]
    [InlineData("no_such_call")]
    public void IsNeverAllowed_OtherName_IsFalse(string name) => Assert.False(SyscallTable.IsNeverAllowed(name));

    [Fact]
    public void IsEssential_EveryEssentialCall_IsOneThatCommandsMayMake()
    {
        var essential = SyscallTable.Names(CpuArchitecture.X64).Where(SyscallTable.IsEssential).ToList();

        Assert.Contains("execve", essential, StringComparer.Ordinal);
        Assert.All(essential, name => Assert.NotEqual(SyscallVerdictKind.Refused, SyscallTable.Classify(name)!.Kind));
    }
}
