using System.Globalization;
using Vitrine.Linux;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>Says why a command did not start.</summary>
internal static class LaunchMessage
{
    internal static string For(LaunchFailure failure, CommandRequest request) => failure.Step switch
    {
        LaunchStep.Execute => Fail("execve(" + request.Arguments[0] + ")", failure.Errno) + Hint(failure.Errno, request.Arguments[0]),
        LaunchStep.Directory => Fail("chdir(" + request.WorkingDirectory + ")", failure.Errno) + "; name a directory the command's user may enter",
        LaunchStep.Clone => Fail("clone()", failure.Errno) + "; the sandbox's limit of processes or memory is reached",
        LaunchStep.Identity => Fail("setresuid(" + request.Uid.ToString(CultureInfo.InvariantCulture) + ")", failure.Errno) + "; is the id mapped in the sandbox?",
        LaunchStep.Limits => Fail("prlimit()", failure.Errno) + "; a limit of the request is none the kernel knows",
        LaunchStep.Filter => Fail("seccomp()", failure.Errno) + "; the kernel did not take the filter",
        LaunchStep.Capabilities => Fail("capset()", failure.Errno) + "; the guest itself lacks a capability the command is to keep",
        _ => Fail(failure.Step.ToString().ToLowerInvariant(), failure.Errno),
    };

    private static string Hint(int errno, string program) => errno switch
    {
        Errno.ENOENT when !program.Contains('/', StringComparison.Ordinal) => "; it is in no directory of PATH",
        Errno.ENOENT => "; the file, or the interpreter it names, is not in the image",
        Errno.EACCES => "; it is not executable for the command's user",
        _ => "",
    };

    private static string Fail(string call, int errno) =>
        call + ": " + Errno.Describe(errno) + " (errno " + errno.ToString(CultureInfo.InvariantCulture) + ")";
}
