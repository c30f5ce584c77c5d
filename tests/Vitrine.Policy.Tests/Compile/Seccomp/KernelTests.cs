using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>
/// The compiled filters in the real kernel. Every refusal is first tried without the filter, where the kernel must answer something else.
/// </summary>
public sealed class KernelTests(Victim victim) : IClassFixture<Victim>
{
    private static readonly SeccompRequest s_default = new() { Architecture = CpuArchitecture.X64 };
    private static readonly SeccompRequest s_setId = s_default with { RefuseSetIdBits = true };
    private static readonly BpfProgram s_command = BpfCompiler.Compile(SeccompFilters.Command(s_default));
    private static readonly BpfProgram s_noSetId = BpfCompiler.Compile(SeccompFilters.Command(s_setId));
    private static readonly BpfProgram s_outer = BpfCompiler.Compile(SeccompFilters.Outer(s_default));
    private static readonly BpfProgram s_outerNoSetId = BpfCompiler.Compile(SeccompFilters.Outer(s_setId));

    // Calls, and what both filters answer.
    public static TheoryData<string, string> RefusedByBoth => new()
    {
        { Victim.Call("unshare", 0x04000000), "EPERM" },
        { Victim.Call("unshare", 0x10000000), "EPERM" },
        { Victim.Call("unshare", 0x80), "EPERM" },
        { Victim.Call("clone", 0x10000011), "EPERM" },
        { Victim.Call("clone", 0x40000011), "EPERM" },
        { Victim.Call("clone", "0x1234567820000011"), "EPERM" },
        { Victim.Call("setns", -1, 0), "EPERM" },
        { Victim.Call("clone3", 0, 0), "ENOSYS" },
        { Victim.Call("io_uring_setup", 0, 0), "ENOSYS" },
        { Victim.Call("io_uring_enter", -1), "ENOSYS" },
        { Victim.Call("io_uring_register", -1), "ENOSYS" },
        { Victim.Call("userfaultfd", 0xFFFF), "EPERM" },
        { Victim.Call("bpf", 9999, 0, 0), "EPERM" },
        { Victim.Call("perf_event_open", 0), "EPERM" },
        { Victim.Call("keyctl", 0, -3, 0), "EPERM" },
        { Victim.Call("add_key", 0, 0, 0, 0, -3), "EPERM" },
        { Victim.Call("request_key", 0, 0, 0, 0), "EPERM" },
        { Victim.Call("ptrace", 0), "EPERM" },
        { Victim.Call("process_vm_readv", 0), "EPERM" },
        { Victim.Call("process_vm_writev", 0), "EPERM" },
        { Victim.Call("pidfd_getfd", -1, 0, 0), "EPERM" },
        { Victim.Call("getpid") + ";" + Victim.Call("kcmp", "%", "%", 99), "EPERM" },
        { Victim.Call("mount", 0, 0, 0, 0, 0), "EPERM" },
        { Victim.Call("umount2", "\"/nonexistent", 0), "EPERM" },
        { Victim.Call("pivot_root", 0, 0), "EPERM" },
        { Victim.Call("chroot", "\"/"), "EPERM" },
        { Victim.Call("open_tree", -1, 0, 0), "EPERM" },
        { Victim.Call("move_mount", -1, 0, -1, 0, 0), "EPERM" },
        { Victim.Call("fsopen", 0, 0), "EPERM" },
        { Victim.Call("fsmount", -1, 0, 0), "EPERM" },
        { Victim.Call("mount_setattr", -1, 0, 0, 0, 0), "EPERM" },
        { Victim.Call("open_by_handle_at", -1, 0, 0), "EPERM" },
        { Victim.Call("name_to_handle_at", -1, 0, 0, 0, 0), "EOPNOTSUPP" },
        { Victim.Call("quotactl", 0, 0, 0, 0), "EPERM" },
        { Victim.Call("swapon", "\"/nonexistent", 0), "EPERM" },
        { Victim.Call("reboot", 0, 0, 0), "EPERM" },
        { Victim.Call("init_module", 0, 0, 0), "EPERM" },
        { Victim.Call("finit_module", -1, 0, 0), "EPERM" },
        { Victim.Call("delete_module", "\"nonexistent", 0), "EPERM" },
        { Victim.Call("syslog", 10, 0, 0), "EPERM" },
        { Victim.Call("acct", "\"/nonexistent"), "EPERM" },
        { Victim.Call("fanotify_init", 0xFFFF, 0), "EPERM" },
        { Victim.Call("settimeofday", 0, 1), "EPERM" },
        { Victim.Call("adjtimex", "@"), "EPERM" },
        { Victim.Call("modify_ldt", 0, "@", 8), "EPERM" },
        { Victim.Call("memfd_secret", 0xFFFF), "ENOSYS" },
        { Victim.Call("get_mempolicy", 0, 0, 0, 0, 0), "ENOSYS" },
        { Victim.Call("statmount", 0, 0, 0, 0), "ENOSYS" },
        { Victim.Call("socket", 17, 3, 0), "EAFNOSUPPORT" },
        { Victim.Call("socket", 16, 3, 15), "EPROTONOSUPPORT" },
        { Victim.Call("socket", "0x100000011", 3, 0), "EAFNOSUPPORT" },
        { Victim.Call("socket", 2, 3, 1), "EPERM" },
        { Victim.Call("socket", 10, 3, 58), "EPERM" },
        { Victim.Call("ioctl", -1, 0x5412, "@"), "EPERM" },
        { Victim.Call("ioctl", -1, "0x100005412", "@"), "EPERM" },
        { Victim.Call("ioctl", -1, 0x541C, "@"), "EPERM" },
        { Victim.Call("ioctl", -1, 0x5423, "@"), "EPERM" },
        { Victim.Call("mknod", "\"/nonexistent/x", 0x2000, 0), "EPERM" },
        { Victim.Call("mknodat", -100, "\"/nonexistent/x", 0x61FF, 0), "EPERM" },
        { Victim.Call("seccomp", 1, 8, 0), "EINVAL" },
        { "i386 20", "SIGSYS" },
        { "x32 39", "SIGSYS" },
        { "512 0 0 0", "SIGSYS" },
    };

    // Calls that the command filter alone refuses.
    public static TheoryData<string, string> RefusedToCommands => new()
    {
        { Victim.Call("unshare", "0x100000000"), "EPERM" },
        { Victim.Call("socket", 2, 1, 262), "EPROTONOSUPPORT" },
        { Victim.Call("socketpair", 40, 1, 0, "@"), "EAFNOSUPPORT" },
        { Victim.Call("personality", 0x40000), "EPERM" },
        { Victim.Call("prctl", 59, 0, 0, 0, 0), "EINVAL" },
        { Victim.Call("prctl", 31, 0, 0, 0, 0), "EINVAL" },
        { Victim.Call("seccomp", 1, 2, 0), "EINVAL" },
        { Victim.Call("arch_prctl", 0x2003, 0), "EINVAL" },
        { Victim.Call("renameat2", -100, "\"/nonexistent", -100, "\"/nonexistent2", 4), "EINVAL" },
        { Victim.Call("prlimit64", 0, 4, "@", "@"), "EPERM" },
    };

    // Calls that take a mode, with a set-id bit, on paths that do not exist.
    public static TheoryData<string, string> RefusedWithSetIdBits => new()
    {
        { Victim.Call("chmod", "\"/nonexistent/x", 0x9ED), "EPERM" },
        { Victim.Call("chmod", "\"/nonexistent/x", 0x5ED), "EPERM" },
        { Victim.Call("chmod", "\"/nonexistent/x", "0xFFFF0000000009ED"), "EPERM" },
        { Victim.Call("fchmod", -1, 0x9ED), "EPERM" },
        { Victim.Call("fchmodat", -100, "\"/nonexistent/x", 0x9ED), "EPERM" },
        { Victim.Call("fchmodat2", -100, "\"/nonexistent/x", 0x9ED, 0), "EPERM" },
        { Victim.Call("open", "\"/nonexistent/x", 0x41, 0x9ED), "EPERM" },
        { Victim.Call("openat", -100, "\"/nonexistent/x", 0x41, 0x5ED), "EPERM" },
        { Victim.Call("openat", -100, "\"/nonexistent", 0x410002, 0x9ED), "EPERM" },
        { Victim.Call("creat", "\"/nonexistent/x", 0x9ED), "EPERM" },
        { Victim.Call("mkdir", "\"/nonexistent/x", 0x5ED), "EPERM" },
        { Victim.Call("mkdirat", -100, "\"/nonexistent/x", 0x5ED), "EPERM" },
        { Victim.Call("mknod", "\"/nonexistent/x", 0x89ED, 0), "EPERM" },
        { Victim.Call("mknodat", -100, "\"/nonexistent/x", 0x19ED, 0), "EPERM" },
        { Victim.Call("openat2", -100, "\"/nonexistent", "@", 24), "ENOSYS" },
    };

    // Calls that answer the same with and without a filter.
    public static TheoryData<string> Untouched =>
    [
        Victim.Call("getpid"),
        Victim.Call("openat", -100, "\"/nonexistent/x", 0x41, 0x1ED),
        Victim.Call("openat", -100, "\"/etc/passwd", 0, "0xFFFFFFFF"),
        Victim.Call("open", "\"/etc/passwd", 0, "0xFFFFFFFF"),
        Victim.Call("chmod", "\"/nonexistent/x", 0x3FF),
        Victim.Call("mknod", "\"/nonexistent/x", 0x1180, 0),
        Victim.Call("socket", 1, 1, 0),
        Victim.Call("socket", 2, 0x80801, 6),
        Victim.Call("socket", 10, 2, 17),
        Victim.Call("socket", 16, 3, 0),
        Victim.Call("socketpair", 1, 1, 0, "@"),
        Victim.Call("ioctl", -1, 0x5413, "@"),
        Victim.Call("clone", 0x11),
        Victim.Call("unshare", 0x400),
        Victim.Call("personality", "0xFFFFFFFF"),
        Victim.Call("prctl", 15, "\"name", 0, 0, 0),
        Victim.Call("seccomp", 2, 0, "@"),
        Victim.Call("prlimit64", 0, 4, 0, "@"),
        Victim.Call("prlimit64", 0, 7, 0, "@"),
        Victim.Call("setrlimit", 1, "@"),
        Victim.Call("memfd_create", "\"name", 0),
        Victim.Call("membarrier", 0, 0),
        Victim.Call("landlock_create_ruleset", 0, 0, 1),
        Victim.Call("renameat2", -100, "\"/nonexistent", -100, "\"/nonexistent2", 1),
        "9999 0 0",
        "-1",
    ];

    public static TheoryData<string> FreeForTheGuest =>
    [
        Victim.Call("setresuid", 60000, 60000, 60000),
        Victim.Call("prctl", 38, 1, 0, 0, 0),
        Victim.Call("prctl", 23, 5, 0, 0, 0),
        Victim.Call("prctl", 24, 5, 0, 0, 0),
        Victim.Call("setrlimit", 4, "@"),
        Victim.Call("capset", 0, 0),
        Victim.Call("setgroups", 0, 0),
        Victim.Call("seccomp", 1, 2, 0),
        Victim.Call("clone", 0x4111),
        Victim.Call("openat", -100, "\"/dev/ptmx", 2, 0) + ";" + Victim.Call("ioctl", "%", 0x80045430, "@"),
        Victim.Call("setsid") + ";" + Victim.Call("ioctl", -1, 0x540E, 0),
    ];

    [Theory]
    [MemberData(nameof(RefusedByBoth))]
    public void Filters_DangerousCall_IsRefusedByBoth(string call, string expected)
    {
        AssertRefused(s_command, call, expected);
        AssertRefused(s_outer, call, expected);
    }

    [Theory]
    [MemberData(nameof(RefusedToCommands))]
    public void Command_CallOutsideTheAllowList_IsRefused(string call, string expected) => AssertRefused(s_command, call, expected);

    [Theory]
    [MemberData(nameof(RefusedWithSetIdBits))]
    public void Filters_SetIdBitWhileAHostDirectoryIsWritable_IsRefused(string call, string expected)
    {
        AssertRefused(s_noSetId, call, expected);
        AssertRefused(s_outerNoSetId, call, expected);
    }

    [Theory]
    [MemberData(nameof(RefusedWithSetIdBits))]
    public void Command_SetIdBitWithoutAWritableHostDirectory_IsTheKernelsBusiness(string call, string refusal)
    {
        victim.SkipWhereMissing();
        var (without, with) = victim.Try(s_command, call);

        Assert.Equal(without, with);
        Assert.NotEqual(refusal, with, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Untouched))]
    public void Filters_OrdinaryCall_AnswersAsWithoutThem(string call)
    {
        victim.SkipWhereMissing();
        foreach (var filter in (BpfProgram[])[s_command, s_noSetId, s_outer, s_outerNoSetId])
        {
            var (without, with) = victim.Try(filter, call);
            Assert.Equal(without, with);
        }
    }

    [Theory]
    [MemberData(nameof(FreeForTheGuest))]
    public void Outer_WhatTheGuestDoes_AnswersAsWithoutIt(string call)
    {
        victim.SkipWhereMissing();
        var (without, with) = victim.Try(s_outerNoSetId, call);

        Assert.Equal(without, with);
    }

    [Fact]
    public void Command_SettingTheCoreLimit_SaysDoneAndChangesNothing()
    {
        victim.SkipWhereMissing();
        string[] lower = ["bash", "-c", "ulimit -S -c 0 && ulimit -c"];
        string[] limited = ["-c", "ulimit -c 1000 && exec \"$@\"", "bash"];

        var without = Tools.Run("bash", [.. limited, .. lower]);
        var with = Tools.Run("bash", [.. limited, .. victim.Loading(s_command), .. lower]);

        Assert.Equal("0", without?.Output.Trim());
        Assert.Equal("1000", with?.Output.Trim());
    }

    [Fact]
    public void Command_AddedName_IsExecuted()
    {
        var program = BpfCompiler.Compile(SeccompFilters.Command(s_default with { Allow = Names("ptrace", "personality") }));
        victim.SkipWhereMissing();

        Assert.Equal("0", victim.Try(program, Victim.Call("ptrace", 0)).With);
        Assert.Equal("EPERM", victim.Try(s_command, Victim.Call("ptrace", 0)).With);
        Assert.Equal("0", victim.Try(program, Victim.Call("personality", 0x40000)).With);
    }

    [Fact]
    public void Command_RemovedName_IsRefused()
    {
        var program = BpfCompiler.Compile(SeccompFilters.Command(s_default with { Deny = Names("memfd_create") }));
        victim.SkipWhereMissing();

        Assert.Equal("EPERM", victim.Try(program, Victim.Call("memfd_create", "\"name", 0)).With);
        Assert.Equal("2", victim.Try(s_command, Victim.Call("memfd_create", "\"name", 0)).With);
    }

    [Fact]
    public void Command_LoadedOverOuter_IsTheStricterOfBoth()
    {
        victim.SkipWhereMissing();
        var run = victim.Execute(s_outer,
            [.. victim.Loading(s_command), "python3", "-c",
                "import os; print(open('/proc/self/status').read().split('Seccomp_filters:')[1].split()[0])"]);

        Assert.Equal("2", run?.Output.Trim());
    }

    private static HashSet<string> Names(params string[] names) => names.ToHashSet(StringComparer.Ordinal);

    private void AssertRefused(BpfProgram filter, string call, string expected)
    {
        victim.SkipWhereMissing();
        var (without, with) = victim.Try(filter, call);

        Assert.Equal(expected, with);
        Assert.NotEqual(expected, without, StringComparer.Ordinal);
    }
}
