using System.Text;
using Vitrine.Linux;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci;

/// <summary>The OCI runtime program that is used.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Name">`crun` or `runc`.</param>
/// <param name="Version">As it says itself.</param>
internal sealed record RuntimeBinary(string Path, string Name, string Version)
{
    private static readonly string[] Usual = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Whether it takes a compiled filter (annotation `run.oci.seccomp_bpf_data`).</summary>
    public bool TakesCompiledFilter => Name == "crun";

    /// <summary>Finds the program and asks it who it is.</summary>
    /// <param name="nameOrPath">A path, or a name to look for as a shell does; null for `crun`, else `runc`.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RuntimeException">`runtime-missing`, `runtime-unusable`.</exception>
    public static async Task<RuntimeBinary> FindAsync(string? nameOrPath, CancellationToken cancellationToken)
    {
        string? named = nameOrPath is null || nameOrPath.Contains('/', StringComparison.Ordinal) ? nameOrPath : Search(nameOrPath) ?? nameOrPath;
        string found = named ?? Search("crun") ?? Search("runc") ?? throw new RuntimeException("runtime-missing",
            "No OCI runtime was found: neither crun nor runc is in PATH or the usual directories. Install one: apt-get install crun");
        if (!File.Exists(found))
            throw new RuntimeException("runtime-missing", $"The OCI runtime {found} does not exist. Name an existing crun or runc, or leave the path out.");
        string said = await AskAsync(found, cancellationToken).ConfigureAwait(false);
        string[] first = said.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (first is not [("crun" or "runc") and var name, "version", var version, ..])
        {
            throw new RuntimeException("runtime-unusable",
                $"{found} --version did not answer as crun or runc do, but: {said.Trim()}. Install one of them: apt-get install crun");
        }

        return new RuntimeBinary(found, name, version);
    }

    private static string? Search(string name)
    {
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return path.Concat(Usual).Where(System.IO.Path.IsPathRooted).Select(d => $"{d}/{name}").FirstOrDefault(File.Exists);
    }

    private static async Task<string> AskAsync(string path, CancellationToken cancellationToken)
    {
        using var output = new Pipe();
        ChildProcess child;
        try
        {
            child = ChildProcess.Start(new ChildStart { Path = path, Arguments = [path, "--version"], Descriptors = [null, output.Writer, output.Writer] });
        }
        catch (LinuxException e)
        {
            throw new RuntimeException("runtime-unusable", $"The OCI runtime could not be started: {e.Message}. Install one: apt-get install crun", e);
        }

        using (child)
        {
            output.Writer.Dispose();
            byte[] buffer = new byte[4096];
            int length = 0;
            while (length < buffer.Length && await output.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var count and > 0)
                length += count;
            await child.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }
}
