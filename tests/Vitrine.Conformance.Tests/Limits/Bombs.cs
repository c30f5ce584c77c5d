namespace Vitrine.Conformance.Tests.Limits;

/// <summary>
/// Programs that take more than they may. Those with a bound are run on the host too: there they reach it, which shows that only the limit stops them inside.
/// </summary>
internal static class Bombs
{
    /// <summary>Starts 400 processes that wait; prints how many there were.</summary>
    public const string FourHundredProcesses = """
        import os, signal, sys, time
        children = []
        try:
            while len(children) < 400:
                pid = os.fork()
                if pid == 0:
                    time.sleep(30)
                    os._exit(0)
                children.append(pid)
        except BlockingIOError as e:
            print("refused after", len(children))
        else:
            print("made", len(children))
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        """;

    /// <summary>Forks without end; only inside.</summary>
    public const string Forks = """
        import os
        while True:
            try:
                os.fork()
            except BlockingIOError:
                pass
        """;

    /// <summary>Touches 400 MiB; prints that it did.</summary>
    public const string FourHundredMebibytes = """
        kept = []
        for _ in range(400):
            kept.append(bytearray(b"x") * (1 << 20))
        print("took", len(kept))
        """;

    /// <summary>Writes 300 MiB to a file of the directory given; prints how many were taken.</summary>
    public const string FillsDirectory = """
        import errno, os, sys
        path = os.path.join(sys.argv[1], "filler")
        taken = 0
        try:
            with open(path, "wb", buffering=0) as file:
                for _ in range(300):
                    file.write(b"x" * (1 << 20))
                    taken += 1
            print("took", taken)
        except OSError as e:
            print("stopped after", taken, errno.errorcode[e.errno])
        finally:
            os.unlink(path)
        """;

    /// <summary>Makes 50,000 empty files in the directory given.</summary>
    public const string MakesFiles = """
        import errno, os, sys
        made = 0
        try:
            while made < 50000:
                os.close(os.open(os.path.join(sys.argv[1], str(made)), os.O_CREAT | os.O_WRONLY))
                made += 1
            print("made", made)
        except OSError as e:
            print("stopped after", made, errno.errorcode[e.errno])
        """;

    /// <summary>Opens 3,000 descriptors, after asking for a higher limit.</summary>
    public const string HoardsDescriptors = """
        import errno, os, resource
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (4000, 4000))
        except (ValueError, OSError):
            pass
        held = []
        try:
            while len(held) < 3000:
                held.append(os.open("/dev/null", os.O_RDONLY))
            print("holds", len(held))
        except OSError as e:
            print("stopped at", len(held), errno.errorcode[e.errno])
        """;
}
