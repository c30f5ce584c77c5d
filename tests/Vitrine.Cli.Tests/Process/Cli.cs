using System.Diagnostics;
using System.Text;

namespace Vitrine.Cli.Tests.Process;

/// <summary>
/// Runs the real program: VITRINE_CLI when set (`./test` names the published one), else the one built beside these tests.
/// </summary>
internal static class Cli
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The program.</summary>
    public static string Path { get; } = Find();

    /// <summary>Runs it to its end.</summary>
    public static Task<CliResult> RunAsync(params string[] arguments) => RunAsync(new CliRun(arguments));

    /// <summary>Runs it to its end.</summary>
    public static async Task<CliResult> RunAsync(CliRun run)
    {
        using System.Diagnostics.Process process = Start(run);
        Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream), error = ReadAsync(process.StandardError.BaseStream);
        if (run.Input is not null)
            await process.StandardInput.BaseStream.WriteAsync(run.Input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(s_patience);
        await process.WaitForExitAsync(patience.Token);
        return new CliResult(process.ExitCode, await output, await error);
    }

    /// <summary>Starts it; the caller has its streams.</summary>
    public static System.Diagnostics.Process Start(CliRun run)
    {
        var start = new ProcessStartInfo(run.Program ?? Path)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = run.WorkingDirectory ?? System.IO.Path.GetTempPath(),
        };
        foreach (string argument in run.Arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string? value) in TestState.Variables.Concat(run.Environment))
            start.Environment[name] = value;
        return System.Diagnostics.Process.Start(start)!;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("VITRINE_CLI") is { Length: > 0 } named)
            return named;
        string beside = System.IO.Path.Combine(AppContext.BaseDirectory, "vitrine");
        return File.Exists(beside) ? beside : throw new FileNotFoundException("the vitrine program was not built beside its tests", beside);
    }
}

/// <summary>One run of the program.</summary>
internal sealed record CliRun(params string[] Arguments)
{
    /// <summary>Another program that runs it: `script`, `bash`.</summary>
    public string? Program { get; init; }

    /// <summary>Standard input; closed at once when null.</summary>
    public byte[]? Input { get; init; }

    /// <summary>Working directory; the temporary one by default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables on top; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}

/// <summary>What came out.</summary>
internal sealed record CliResult(int ExitCode, byte[] OutputBytes, byte[] ErrorBytes)
{
    /// <summary>Standard output as text.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>Standard error as text.</summary>
    public string Error => Encoding.UTF8.GetString(ErrorBytes);

    /// <summary>Standard output by lines.</summary>
    public string[] Lines() => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}
