using System.ComponentModel;
using System.Diagnostics;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>Runs a tool of the machine and waits for it.</summary>
internal static class Tools
{
    public static (int Status, string Output, string Error)? Run(string program, IEnumerable<string> arguments, string input = "",
        string? directory = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
