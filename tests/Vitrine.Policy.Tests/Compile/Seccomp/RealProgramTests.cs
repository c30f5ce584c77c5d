using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>What people run in a sandbox must run under the tightest default filters, both loaded. Each runs first without them.</summary>
public sealed class RealProgramTests(Victim victim) : IClassFixture<Victim>, IDisposable
{
    private static readonly SeccompRequest s_tightest = new() { Architecture = CpuArchitecture.X64, RefuseSetIdBits = true };
    private static readonly BpfProgram s_outer = BpfCompiler.Compile(SeccompFilters.Outer(s_tightest));
    private static readonly BpfProgram s_command = BpfCompiler.Compile(SeccompFilters.Command(s_tightest));

    private readonly string _directory = Directory.CreateTempSubdirectory($"vitrine-seccomp-programs-{Environment.ProcessId}-").FullName;

    public static TheoryData<string, string> Scripts => new()
    {
        { "python3", """
            python3 - <<'END'
            import concurrent.futures as f, multiprocessing as m, os, socket, subprocess, tempfile, threading, mmap, asyncio, signal, shutil
            with f.ThreadPoolExecutor(8) as pool: assert sum(pool.map(len, ["abc"] * 100)) == 300
            with m.get_context("fork").Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]
            assert subprocess.run(["echo", "x"], capture_output=True).stdout == b"x\n"
            s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname()); c.sendall(b"hi"); assert s.accept()[0].recv(2) == b"hi"
            a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
            socket.getaddrinfo("localhost", 80); socket.if_nameindex()
            fd = os.memfd_create("x"); os.ftruncate(fd, 4096); mmap.mmap(fd, 4096)
            async def main():
                p = await asyncio.create_subprocess_exec("true"); assert await p.wait() == 0
            asyncio.run(main())
            shutil.copytree("/usr/share/common-licenses", "copy", symlinks=True, ignore_dangling_symlinks=True); shutil.rmtree("copy")
            open("f", "w").close(); os.chmod("f", 0o755); os.posix_spawn("/bin/true", ["true"], {}); os.wait()
            print("ok")
            END
            """ },
        { "node", """
            node -e '
            const fs = require("fs"), cp = require("child_process"), net = require("net"), { Worker } = require("worker_threads");
            cp.execSync("true"); fs.writeFileSync("f", "x"); fs.copyFileSync("f", "g"); fs.watch(".").close();
            new Worker("require(\"worker_threads\").parentPort.postMessage(1)", { eval: true }).on("message", () => {
              const s = net.createServer(c => c.end("hi")).listen(0, "127.0.0.1", () => {
                net.connect(s.address().port, "127.0.0.1").on("data", () => {}).on("end", () => { s.close(); console.log("ok"); }); }); });'
            """ },
        { "gcc", """
            printf '#include <pthread.h>\n#include <stdio.h>\nstatic void *f(void *x){return x;}\nint main(void){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);puts("ok");}' > a.c
            gcc -O2 -pthread a.c -o a && ./a
            """ },
        { "git", """
            export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
            git init -q r && cd r && echo x > f && git add f && git -c user.name=n -c user.email=e@x commit -qm ok && git clone -q . ../c && git gc -q && git -C ../c log --format=%s
            """ },
        { "java", """
            printf 'public class A { public static void main(String[] a) throws Exception { var e = java.util.concurrent.Executors.newFixedThreadPool(4); System.out.println(e.submit(() -> "ok").get()); e.shutdown(); new ProcessBuilder("true").start().waitFor(); } }' > A.java
            if command -v javac > /dev/null; then javac A.java && java A; else java -XX:+UseNUMA -version 2>&1 | grep -q -i runtime && echo ok; fi
            """ },
        { "dotnet", """
            export DOTNET_CLI_HOME=$PWD DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
            dotnet --list-runtimes | grep -q NETCore && dotnet help > /dev/null && echo ok
            """ },
        { "tar", """
            mkdir d && echo x > d/f && mkfifo d/p && ln -s f d/l && tar cf a.tar d && rm -r d && tar xf a.tar && tar czf b.tgz d && cp -a d e && find e -newer a.tar > /dev/null; test -p e/p && echo ok
            """ },
        { "perl", """
            perl -e 'my $p = fork; if (!$p) { exit 3 } waitpid $p, 0; print $? >> 8 == 3 ? "ok\n" : "no\n"; $SIG{ALRM} = sub { }; alarm 1; kill ALRM => $$;'
            """ },
        { "bash", """
            exec 3<>/dev/null; coproc cat; echo hi >&"${COPROC[1]}"; read -r x <&"${COPROC[0]}"; [ "$x" = hi ] && (ulimit -n 100; umask 077; mkdir m; touch m/x; sort <(echo ok))
            """ },
        { "sqlite", """
            python3 -c 'import sqlite3; c = sqlite3.connect("x.db"); c.execute("pragma journal_mode=wal"); c.execute("create table t(a)"); c.execute("insert into t values(1)"); c.commit(); print("ok" if c.execute("select a from t").fetchone() == (1,) else "no")'
            """ },
        { "ssh-agent", """
            command -v ssh-agent > /dev/null || { echo missing; exit; }
            eval "$(ssh-agent -s)" > /dev/null && ssh-add -l > /dev/null; [ $? = 1 ] && kill "$SSH_AGENT_PID" && echo ok
            """ },
        { "gpg", """
            command -v gpg > /dev/null || { echo missing; exit; }
            export GNUPGHOME=$PWD; echo text | gpg --batch --quiet --print-md sha256 > /dev/null && echo ok
            """ },
        { "script", """
            command -v script > /dev/null || { echo missing; exit; }
            script -qec 'stty size > /dev/null; test -t 0 && echo ok' /dev/null < /dev/null | tr -d '\r'
            """ },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Program_UnderBothFilters_DoesItsWork(string program, string script)
    {
        victim.SkipWhereMissing();
        var bare = Tools.Run("timeout", ["60", "bash", "-c", script], directory: Fresh());
        Assert.SkipUnless(bare?.Output.Trim() == "ok", $"{program} does not do this even without a filter: {bare?.Output} {bare?.Error}");

        var filtered = Tools.Run("timeout", ["60", .. victim.Loading(s_outer), .. victim.Loading(s_command), "bash", "-c", script],
            directory: Fresh());

        Assert.True(filtered is { Status: 0 } && filtered.Value.Output.Trim() == "ok",
            $"{program}: status {filtered?.Status}, output {filtered?.Output}, {filtered?.Error}");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Fresh() => Directory.CreateDirectory(Path.Combine(_directory, Guid.NewGuid().ToString("n"))).FullName;
}
