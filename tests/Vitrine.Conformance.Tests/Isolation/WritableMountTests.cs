using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Isolation;

/// <summary>What a writable mount of the host must not become: a way to leave set-id files, sockets or foreign owners behind.</summary>
public abstract class WritableMountTests<TEngine>(TEngine engine) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    // Every call that can set a mode, with the set-id bits, also hidden in the high half of the argument.
    private const string SetId = """
        import ctypes, errno, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number, *arguments):
            if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments]) < 0:
                raise OSError(ctypes.get_errno(), "")
        place = os.fsencode(sys.argv[1])
        name = place + b"/file"
        open(name, "w").close()
        fd = os.open(name, os.O_RDWR)
        how = (0o102).to_bytes(8, "little") + (0o4755).to_bytes(8, "little") + bytes(8)
        attempts = {
            "chmod": (90, name, 0o4755), "chmod-high": (90, name, 0o4755 | 1 << 32), "fchmod": (91, fd, 0o2755), "fchmodat": (268, -100, name, 0o6755),
            "fchmodat2": (452, -100, name, 0o4755, 0), "open": (2, place + b"/a", 0o102, 0o4755), "openat": (257, -100, place + b"/b", 0o102, 0o4755),
            "creat": (85, place + b"/c", 0o4755), "openat2": (437, -100, place + b"/d", how, 24), "mknod": (133, place + b"/e", 0o104755, 0),
            "mknodat": (259, -100, place + b"/f", 0o104755, 0),
        }
        for label, arguments in attempts.items():
            try:
                call(*arguments)
            except OSError as e:
                print("refused", label, errno.errorcode[e.errno])
        for top, _, files in os.walk(place):
            for file in files:
                if os.lstat(os.path.join(top, file)).st_mode & 0o6000:
                    print("SET-ID", os.fsdecode(file))
        """;

    [Fact]
    public async Task SetIdBits_OnAWritableMount_AreNeverSet()
    {
        TestMode.RequireRoot();
        using var space = new TestSpace();
        string shared = space.MakeDirectory("shared");
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(
            Plans.Of(await OwnedByNobodyAsync(shared), Plans.Writable(shared, "/shared")), TestContext.Current.CancellationToken);
        InsideResult result = await sandbox.RunAsync("/usr/bin/python3", "-I", "-c", SetId, "/shared");
        Assert.True(result.Outcome.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("SET-ID", result.Output, StringComparison.Ordinal);
        UnixFileMode setId = UnixFileMode.SetUser | UnixFileMode.SetGroup;
        Assert.Empty(Directory.GetFiles(shared).Where(f => (File.GetUnixFileMode(f) & setId) != UnixFileMode.None));
    }

    [Fact]
    public async Task Control_OnTheHost_SetIdBitsAreSet()
    {
        using var space = new TestSpace();
        HostResult result = await HostCommand.RunAsync(["/usr/bin/python3", "-I", "-c", SetId, space.Scratch]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("SET-ID file", result.Output, StringComparison.Ordinal);
        Assert.Contains("SET-ID d", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_WrittenThere_BelongToTheMountsOwnerOnTheHost()
    {
        TestMode.RequireRoot();
        using var space = new TestSpace();
        string shared = space.MakeDirectory("shared");
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(
            Plans.Of(await OwnedByNobodyAsync(shared), Plans.Writable(shared, "/shared")), TestContext.Current.CancellationToken);
        await sandbox.OutputOfAsync("/bin/sh", "-c", "echo result > /shared/result && mkdir /shared/made");
        HostResult owner = await HostCommand.RunAsync(["/usr/bin/stat", "-c", "%u:%g", Path.Combine(shared, "result"), Path.Combine(shared, "made")]);
        Assert.Equal("65534:65534\n65534:65534\n", owner.Output);
    }

    [Fact]
    public async Task ReadOnlyMount_WithAHostSocketInIt_DoesNotConnect()
    {
        using var space = new TestSpace();
        string shared = space.MakeDirectory("shared");
        string socket = Path.Combine(shared, "service.sock");
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(socket));
        listener.Listen();
        // Connecting asks for write permission: what refuses must be the mount and not the owner.
        File.SetUnixFileMode(socket, (UnixFileMode)0x1FF);
        string connect = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('connected')";
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(
            Plans.Of("", Plans.ReadOnly(shared, "/shared")), TestContext.Current.CancellationToken);
        InsideResult inside = await sandbox.RunAsync("/usr/bin/python3", "-I", "-c", connect, "/shared/service.sock");
        Assert.NotEqual(0, inside.Outcome.ExitCode);
        Assert.Contains("ConnectionRefusedError", inside.Error, StringComparison.Ordinal);
        HostResult control = await HostCommand.RunAsync(["/usr/bin/python3", "-I", "-c", connect, socket]);
        Assert.Equal("connected\n", control.Output);
    }

    [Fact]
    public async Task ReadOnlyMount_OfTheHost_TakesNoWrites()
    {
        using var space = new TestSpace();
        string shared = space.MakeDirectory("shared");
        string file = Path.Combine(shared, "file");
        await File.WriteAllTextAsync(file, "as it was", TestContext.Current.CancellationToken);
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(
            Plans.Of("user: root", Plans.ReadOnly(shared, "/shared")), TestContext.Current.CancellationToken);
        Assert.Equal("as it was", await sandbox.OutputOfAsync("/bin/cat", "/shared/file"));
        InsideResult result = await sandbox.RunAsync("/bin/sh", "-c", "echo x > /shared/file; echo x > /shared/new; chmod 777 /shared/file; rm -f /shared/file; mv /shared/file /shared/gone; true");
        Assert.Equal(0, result.Outcome.ExitCode);
        Assert.Equal("as it was", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([file], Directory.GetFileSystemEntries(shared));
    }

    /// <summary>A writable mount needs an owner that is not root.</summary>
    private static async Task<string> OwnedByNobodyAsync(string directory)
    {
        HostResult result = await HostCommand.RunAsync(["/usr/bin/chown", "65534:65534", directory]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return "";
    }
}

public sealed class CrunWritableMountTests(CrunEngine engine) : WritableMountTests<CrunEngine>(engine);

public sealed class RuncWritableMountTests(RuncEngine engine) : WritableMountTests<RuncEngine>(engine);
