using System.Collections;
using System.Globalization;
using Vitrine.Cli.Commands.Doctor;
using Vitrine.Engine;
using Vitrine.Linux;
using Vitrine.Linux.Hosts;
using Vitrine.Linux.Processes;

namespace Vitrine.Cli.Running.Rootless;

/// <summary>
/// Without root: this program starts itself again, in the same process, as id 0 of a user namespace (docs/rootless.md). It is made by
/// `unshare` of util-linux, since a program with threads cannot enter one (unshare(2), CLONE_NEWUSER), and with `newuidmap`, which alone
/// may map subordinate ids.
/// </summary>
internal static class RootlessEntry
{
    /// <summary>Returns only where nothing is to be done: as root, or when it has been done.</summary>
    /// <exception cref="CliException">`rootless-unavailable`: what is missing, and the command that mends it.</exception>
    public static void Enter()
    {
        uint uid = HostKernel.EffectiveUserId();
        if (uid == 0)
            return;
        if (Environment.GetEnvironmentVariable(EngineOptions.RootlessVariable) is not null)
            throw Unavailable(
                $"{EngineOptions.RootlessVariable} is set, but this is no user namespace in which {Environment.UserName} is id 0; unset it");
        var host = new RootlessHost(new HostFiles(), Environment.UserName, uid);
        if (host.Missing() is { } missing)
            throw Unavailable($"{missing.Why}; as root: {missing.Mend}");
        string[] environment = [.. Variables(uid)];
        string[] arguments = ["unshare", "--user", "--map-root-user", "--map-auto", "--mount", "--", .. OwnCommand()];
        try
        {
            ProcessImage.Replace(host.Unshare!, arguments, environment);
        }
        catch (LinuxException e)
        {
            throw Unavailable(e.Message);
        }
    }

    private static CliException Unavailable(string why) =>
        new(ExitCodes.Failed, "rootless-unavailable", $"Without root this host cannot run a sandbox: {why}. Or run vitrine as root.");

    /// <summary>The program, and before its arguments the assembly where `dotnet` runs it.</summary>
    private static string[] OwnCommand()
    {
        string[] given = Environment.GetCommandLineArgs();
        string program = Environment.ProcessPath!;
        return Path.GetFileName(program) == "dotnet" ? [program, Path.GetFullPath(given[0]), .. given[1..]] : [program, .. given[1..]];
    }

    private static IEnumerable<string> Variables(uint uid)
    {
        // Inside, a home that is looked up instead would be root's.
        bool home = false;
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            home |= (string)variable.Key == "HOME";
            yield return $"{variable.Key}={variable.Value}";
        }

        if (!home)
            yield return "HOME=" + Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        yield return string.Create(CultureInfo.InvariantCulture, $"{EngineOptions.RootlessVariable}={uid}");
    }
}
