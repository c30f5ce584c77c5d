using System.Globalization;
using System.Runtime.InteropServices;
using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>
/// A small C program that loads a filter and makes the system calls it is told, each line in a child of its own; compiled once.
/// </summary>
public sealed class Victim : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory($"vitrine-seccomp-{Environment.ProcessId}-").FullName;
    private readonly bool _compiled;

    public Victim()
    {
        File.WriteAllText(Path.Combine(_directory, "victim.c"), Source);
        _compiled = Tools.Run("gcc", ["-O1", "-o", Program, Path.Combine(_directory, "victim.c")]) is { Status: 0 };
    }

    private string Program => Path.Combine(_directory, "victim");

    public void SkipWhereMissing()
    {
        Assert.SkipUnless(_compiled, "gcc is missing or cannot compile: the filters were not loaded into the kernel");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "not an x86-64 machine");
    }

    /// <summary>
    /// Makes calls without a filter and under one, and tells what came back: `0`, an errno, `SIGSYS`; for a line of several calls, the
    /// last.
    /// </summary>
    public (string Without, string With) Try(BpfProgram filter, string line)
    {
        var path = Write(filter);
        return (Calls("-", line), Calls(path, line));
    }

    /// <summary>Runs a program with the filter loaded.</summary>
    public (int Status, string Output, string Error)? Execute(BpfProgram filter, params string[] command) =>
        Tools.Run(Program, [.. Loading(filter)[1..], .. command]);

    /// <summary>The words before a command that load the filter and execute it.</summary>
    public string[] Loading(BpfProgram filter) => [Program, "exec", Write(filter)];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A call by name for <see cref="Try"/>.</summary>
    public static string Call(string name, params object[] arguments)
    {
        Assert.True(SyscallTable.TryGetNumber(CpuArchitecture.X64, name, out var number), name);
        return string.Join(' ',
            [number.ToString(CultureInfo.InvariantCulture),
                .. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)]);
    }

    private string Calls(string filter, string line)
    {
        var run = Tools.Run(Program, ["calls", filter], line + "\n");
        Assert.True(run is { Status: 0 }, $"the victim failed: {run?.Error}");
        return run!.Value.Output.Trim();
    }

    private string Write(BpfProgram filter)
    {
        var path = Path.Combine(_directory, Guid.NewGuid().ToString("n"));
        File.WriteAllBytes(path, filter.ToBytes());
        return path;
    }

    // Arguments: numbers as strtoull takes them, `@` for a zeroed page, `"text` for a string, `%` for the result of the call before. `i386
    // N` and `x32 N` name other ABIs.
    private const string Source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <sys/wait.h>
        #include <unistd.h>

        static void load(const char *path)
        {
            static struct sock_filter code[4096];
            struct sock_fprog program;
            FILE *file;
            if (!strcmp(path, "-"))
                return;
            file = fopen(path, "r");
            if (!file) { perror(path); exit(90); }
            program.len = fread(code, sizeof *code, 4096, file);
            program.filter = code;
            fclose(file);
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) { perror("seccomp"); exit(91); }
        }

        static long one(char *text, long before, unsigned long *page)
        {
            unsigned long value[7] = { 0 };
            int count = 0, i386 = 0;
            unsigned long bit = 0;
            for (char *word = strtok(text, " \n"); word && count < 7; word = strtok(NULL, " \n")) {
                if (!strcmp(word, "i386")) { i386 = 1; continue; }
                if (!strcmp(word, "x32")) { bit = 0x40000000; continue; }
                value[count++] = *word == '@' ? (unsigned long)page : *word == '"' ? (unsigned long)(word + 1) : *word == '%' ? (unsigned long)before : strtoull(word, NULL, 0);
            }
            if (i386) {
        #ifdef __x86_64__
                long result;
                __asm__ volatile("int $0x80" : "=a"(result) : "a"(value[0]), "b"(value[1]), "c"(value[2]), "d"(value[3]) : "memory", "r8", "r9", "r10", "r11");
                return result;
        #endif
            }
            errno = 0;
            long result = syscall(value[0] | bit, value[1], value[2], value[3], value[4], value[5], value[6]);
            return result == -1 && errno ? -errno : result;
        }

        static int calls(const char *path)
        {
            static char line[4096];
            while (fgets(line, sizeof line, stdin)) {
                int ends[2], status;
                long result = 0;
                fflush(stdout);
                if (pipe(ends)) return 92;
                pid_t child = fork();
                if (!child) {
                    unsigned long *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                    char *rest = line, *part;
                    pid_t self = getpid();
                    load(path);
                    while ((part = strsep(&rest, ";"))) {
                        result = one(part, result, page);
                        if (getpid() != self) _exit(0); /* a child that clone made */
                    }
                    if (write(ends[1], &result, sizeof result)) _exit(0);
                    _exit(93);
                }
                close(ends[1]);
                long got = read(ends[0], &result, sizeof result);
                close(ends[0]);
                waitpid(child, &status, 0);
                if (WIFSIGNALED(status)) printf("SIG%s\n", sigabbrev_np(WTERMSIG(status)));
                else if (got != sizeof result) printf("exit %d\n", WEXITSTATUS(status));
                else if (result < 0) printf("%s\n", strerrorname_np(-result));
                else printf("%ld\n", result > 2 ? 2 : result);
            }
            return 0;
        }

        int main(int argc, char **argv)
        {
            if (argc > 2 && !strcmp(argv[1], "calls")) return calls(argv[2]);
            if (argc > 3 && !strcmp(argv[1], "exec")) { load(argv[2]); execvp(argv[3], argv + 3); perror(argv[3]); return 127; }
            return 94;
        }
        """;
}
