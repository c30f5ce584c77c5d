using Vitrine.Guest.Tests.Support;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>
/// What a command can do to the guest and its helpers: nothing. Each attack runs the same Python against an ordinary process of the same
/// user first, where
/// it must succeed: a control that shows the attack is one.
/// </summary>
public sealed class IsolationTests
{
    /// <summary>Defines attack(pid), which answers what it got, or an errno's name.</summary>
    private const string Attacks =
        """
        import ctypes,errno,os,resource,signal,sys
        libc = ctypes.CDLL(None, use_errno=True)
        def call(r):
            if r < 0: raise OSError(ctypes.get_errno(), '')
        def mem(p):
            for l in open(f'/proc/{p}/maps'):
                if ' rw-p ' in l or ' r--p ' in l:
                    with open(f'/proc/{p}/mem','rb',0) as f: f.seek(int(l.split('-')[0],16)); return f.read(8)
        def vm(p):
            b = ctypes.create_string_buffer(8)
            class iov(ctypes.Structure): _fields_=[('a',ctypes.c_void_p),('n',ctypes.c_size_t)]
            l,r = iov(ctypes.addressof(b),8), iov(int(open(f'/proc/{p}/maps').readline().split('-')[0],16),8)
            call(libc.process_vm_readv(p,ctypes.byref(l),1,ctypes.byref(r),1,0))
        def ptrace(p): call(libc.ptrace(0x4206,p,0,0)); call(libc.ptrace(0x4207,p,0,0)) # SEIZE, INTERRUPT
        def pidfd(p):
            f = os.pidfd_open(p); call(libc.syscall(438,f,0,0))
        attacks = {
            'mem': mem,
            'fd': lambda p: os.readlink(f'/proc/{p}/fd/0'),
            'fds': lambda p: os.listdir(f'/proc/{p}/fd'),
            'environ': lambda p: open(f'/proc/{p}/environ').read(),
            'cwd': lambda p: os.readlink(f'/proc/{p}/cwd'),
            'exe': lambda p: os.readlink(f'/proc/{p}/exe'),
            'oom': lambda p: open(f'/proc/{p}/oom_score_adj','w').write('1000'),
            'vm': vm,
            'pidfd': pidfd,
            'prlimit': lambda p: resource.prlimit(p, resource.RLIMIT_NOFILE, (64,64)),
            'sched': lambda p: os.sched_setaffinity(p, {0}),
            'nice': lambda p: os.setpriority(os.PRIO_PROCESS, p, 19),
            'kill0': lambda p: os.kill(p, 0),
            'stop': lambda p: os.kill(p, signal.SIGSTOP),
            'ptrace': ptrace,
            'kill': lambda p: os.kill(p, signal.SIGKILL),
        }
        def run(name, p):
            try: attacks[name](p); return 'done'
            except OSError as e: return errno.errorcode[e.errno]
        """;

    private static readonly string[] Names =
    [
        "mem", "fd", "fds", "environ", "cwd", "exe", "oom", "vm", "pidfd", "prlimit", "sched", "nice", "kill0", "stop", "ptrace", "kill",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<uint> Users => [1000u, 0u];

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Workload_AgainstOrdinaryProcessOfItsUser_Succeeds(uint uid)
    {
        // The control: every attack works where nothing defends.
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Python(
            Attacks + """

            for name in attacks:
                p = os.fork()
                if p == 0: os.execvp('sleep', ['sleep','1000'])
                while open(f'/proc/{p}/comm').read() != 'sleep\n': pass
                print(name, run(name, p)); os.kill(p, 9); os.waitpid(p, 0)
            """) with
        { Uid = uid, Gid = uid });
        Assert.Equal(string.Concat(Names.Select(n => $"{n} done\n")), outcome.Text);
        Assert.Equal("", outcome.Error);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Workload_AgainstGuestAndHelpers_GetsNothing(uint uid)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel other = await sandbox.Guest.StartAsync(Run.Request("cat") with { OpenInput = true }, Token);
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Python(
            Attacks + """

            targets = [int(p) for p in os.listdir('/proc') if p.isdigit() and open(f'/proc/{p}/comm').read() in ('guest\n','exe\n','vitrine-guest\n')]
            print(len(targets) >= 3 and 1 in targets and os.getppid() in targets)
            for name in attacks:
                for p in targets: print(name, run(name, p))
            """) with
        { Uid = uid, Gid = uid });
        Assert.Equal("True", outcome.Lines[0]);
        Assert.InRange(outcome.Lines.Length, 1 + (3 * Names.Length), 1 + (5 * Names.Length));

        // Files of an undumpable process in /proc are root's: root inside sees how many descriptors there are (not what they are), and can
        // name the
        // guest to the kernel as the first to kill for memory, which ends its own sandbox.
        string[] rootMay = uid == 0 ? ["fds done", "oom done"] : [];
        Assert.All(outcome.Lines[1..].Except(rootMay, StringComparer.Ordinal), line => Assert.Matches(" (EACCES|EPERM)$", line));
        await other.TypeAsync("alive\n");
        await other.LineWithAsync("alive");
        Assert.Equal(0, (await sandbox.Guest.ToEndAsync(Run.Request("true"))).Exit.Code);
    }

    [Fact]
    public async Task Workload_Descriptors_AreThreeOfItsOwn()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Python(
            """
            import os,sys
            def is_open(f):
                try: return bool(os.fstat(f))
                except OSError: return False
            print([f for f in map(int, os.listdir('/proc/self/fd')) if is_open(f)])
            print([os.fstat(f).st_uid for f in (0,1,2)])
            sys.stdout.flush(); open('/dev/stdout','w').write('by name\n')
            """) with
        { OpenInput = true });
        Assert.Equal(["[0, 1, 2]", "[1000, 1000, 1000]", "by name"], outcome.Lines);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Workload_Capabilities_AreNoneAndNoNewPrivilegesIsSet(uint uid)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Request("grep", "-E", "^(Cap|NoNewPrivs|Groups)", "/proc/self/status") with { Uid = uid, Gid = uid });
        Assert.Equal(7, outcome.Lines.Length);
        Assert.Equal("Groups:", outcome.Lines[0]);
        Assert.All(outcome.Lines[1..6], l => Assert.EndsWith("\t0000000000000000", l, StringComparison.Ordinal));
        Assert.Equal("NoNewPrivs:\t1", outcome.Lines[6]);
    }

    [Fact]
    public async Task Workload_ProtectedCapability_IsNeverGranted()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        foreach (ulong capability in (ulong[])[Capabilities.SetUid, Capabilities.SetGid, Capabilities.Kill, Capabilities.SetPCap, Capabilities.SysPtrace])
        {
            ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(
                () => sandbox.Guest.StartAsync(Run.Request("true") with { Uid = 0, Gid = 0, Capabilities = capability }, Token));
            Assert.Equal(Linux.Errno.EPERM, error.Errno);
        }
    }

    [Fact]
    public async Task Filter_GivenInSetup_IsOnEveryCommandAndFileHelper()
    {
        // ld [nr]; jeq mkdir (83) or mkdirat (258) → errno 99 (EADDRNOTAVAIL); else allow.
        ulong[] program =
        [
            Instruction(0x20, 0, 0, 0), Instruction(0x15, 2, 0, 83), Instruction(0x15, 1, 0, 258), Instruction(0x06, 0, 0, 0x7fff0000), Instruction(0x06, 0, 0, 0x00050000 | 99),
        ];
        byte[] filter = System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(program).ToArray();
        await using Sandbox sandbox = await Sandbox.StartAsync(setup: new GuestSetup { CommandFilter = filter, PreparedHelpers = 1 });
        Outcome outcome = await sandbox.Guest.PythonAsync("import os\nprint([l.split()[1] for l in open('/proc/self/status') if l.startswith('Seccomp:')])\ntry: os.mkdir('/tmp/x')\nexcept OSError as e: print(e.errno)");
        Assert.Equal(["['2']", "99"], outcome.Lines);
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(
            () => sandbox.Guest.EntriesAsync(new FileRequest { Operation = FileOperation.MakeDirectory, Path = "/tmp/x" }));
        Assert.Equal(99, error.Errno);
    }

    [Fact]
    public async Task Filter_ThatDeniesOpenat2_LeavesFilesWorkingWithoutMagicLinks()
    {
        // jeq openat2 (437) → ENOSYS, as the policy's filter answers while a writable host mount exists (HARDENING 10).
        ulong[] program = [Instruction(0x20, 0, 0, 0), Instruction(0x15, 1, 0, 437), Instruction(0x06, 0, 0, 0x7fff0000), Instruction(0x06, 0, 0, 0x00050000 | 38)];
        byte[] filter = System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(program).ToArray();
        await using Sandbox sandbox = await Sandbox.StartAsync(setup: new GuestSetup { CommandFilter = filter, PreparedHelpers = 1 });
        await sandbox.Guest.ShellAsync("mkdir -p /tmp/a/b; echo in >/tmp/a/b/f; ln -s a/b /tmp/rel; ln -s /tmp/rel /tmp/abs; ln -s loop /tmp/loop; ln -s /proc/self/fd/1 /tmp/magic; ln -s ../b/f /tmp/a/b/up");
        foreach (string path in (string[])["/tmp/a/b/f", "/tmp/rel/f", "/tmp/abs/f", "/tmp/abs/../b/f", "//tmp//a/./b/up"])
            Assert.Equal("in\n", System.Text.Encoding.UTF8.GetString(await sandbox.Guest.ReadAsync(path)));
        foreach (string path in (string[])["/tmp/loop", "/tmp/magic", "/proc/self/root/etc/passwd"])
        {
            FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.ReadAsync(path));
            Assert.Equal(Linux.Errno.ELOOP, error.Errno);
        }

        Assert.Equal("new", System.Text.Encoding.UTF8.GetString(await WriteAndReadAsync(sandbox, "/tmp/abs/n", "new"u8.ToArray())));
    }

    [Fact]
    public async Task Landlock_Rules_BindCommandsAndFileHelpers()
    {
        if (LandlockRuleset.KernelAbi() == 0)
            Assert.Skip("NO LANDLOCK in this kernel");
        const ulong readAndExecute = LandlockRuleset.Execute | LandlockRuleset.ReadFile | LandlockRuleset.ReadDirectory;
        var setup = new GuestSetup
        {
            PreparedHelpers = 1,
            RequireLandlock = true,
            Landlock = [new LandlockRule("/usr", readAndExecute), new LandlockRule("/tmp", ulong.MaxValue), new LandlockRule("/missing", ulong.MaxValue)],
        };
        await using Sandbox sandbox = await Sandbox.StartAsync(setup: setup);
        Assert.Equal(LandlockRuleset.KernelAbi(), sandbox.Guest.Ready.LandlockAbi);
        Outcome outcome = await sandbox.Guest.ShellAsync("echo 1 >/tmp/f && cat /tmp/f; (echo 1 >/small/f) 2>/dev/null || echo denied; cat /etc/passwd 2>/dev/null || echo denied");
        Assert.Equal(["1", "denied", "denied"], outcome.Lines);
        FileOperationException error = await Assert.ThrowsAsync<FileOperationException>(() => sandbox.Guest.ReadAsync("/etc/passwd"));
        Assert.Equal(Linux.Errno.EACCES, error.Errno);
        Outcome terminal = await sandbox.Guest.ToEndAsync(Run.Shell("stty size") with { Terminal = new TerminalSize(70, 20) });
        Assert.Equal("20 70", Assert.Single(terminal.Lines));

        // The control: without the rules the same two succeed.
        await using Sandbox open = await Sandbox.StartAsync();
        Assert.Equal(0, (await open.Guest.ShellAsync("echo 1 >/small/f && cat /etc/passwd")).Exit.Code);
    }

    [Fact]
    public async Task Landlock_OneDomain_LetsCommandsSignalEachOther()
    {
        if (LandlockRuleset.KernelAbi() < 6)
            Assert.Skip("LANDLOCK BELOW ABI 6: signals are not scoped");
        var setup = new GuestSetup { PreparedHelpers = 1, Landlock = [new LandlockRule("/", ulong.MaxValue)] };
        await using Sandbox sandbox = await Sandbox.StartAsync(setup: setup);
        await using GuestChannel first = await sandbox.Guest.StartAsync(Run.Shell("echo pid $$; sleep 1000"), Token);
        string pid = (await first.LineWithAsync("pid"))[4..];
        Assert.Equal(0, (await sandbox.Guest.ShellAsync($"kill -TERM {pid}")).Exit.Code);
        Assert.Equal(15, (await first.Exited.WaitAsync(Token)).Signal);
    }

    private static ulong Instruction(ushort code, byte whenTrue, byte whenFalse, uint operand) =>
        code | ((ulong)whenTrue << 16) | ((ulong)whenFalse << 24) | ((ulong)operand << 32);

    private static async Task<byte[]> WriteAndReadAsync(Sandbox sandbox, string path, byte[] content)
    {
        await sandbox.Guest.WriteAsync(path, content);
        return await sandbox.Guest.ReadAsync(path);
    }
}
