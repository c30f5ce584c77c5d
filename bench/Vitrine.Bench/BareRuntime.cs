using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Processes;

namespace Vitrine.Bench;

/// <summary>Bare `crun run` or `runc run` of a bundle, and a bare process, for comparison.</summary>
/// <param name="path">The runtime.</param>
/// <param name="stateDirectory">Its own state.</param>
internal sealed class BareRuntime(string path, string stateDirectory)
{
    private static readonly SafeFileHandle s_error = new(2, ownsHandle: false);

    private int _count;

    /// <summary>Where crun is.</summary>
    public static string Crun { get; } = Find("crun");

    /// <summary>Where runc is; null where it is not installed.</summary>
    public static string? Runc { get; } = Search("runc");

    /// <summary>Runs a bundle to its end; its container is removed then.</summary>
    /// <exception cref="InvalidOperationException">It did not exit with 0.</exception>
    public async Task RunAsync(string bundle)
    {
        var id = $"{Workshop.ControlGroup}-{_count++}";
        using var child = ChildProcess.Start(new()
        {
            Path = path,
            Arguments = [Path.GetFileName(path), "--root", stateDirectory, "run", "--bundle", bundle, id],
            Descriptors = [null, null, s_error],
        });
        if (await child.WaitAsync() is not 0 and var status)
            throw new InvalidOperationException($"`{path} run --bundle {bundle}` ended with {status}");
    }

    /// <summary>Runs /bin/true on the host, behind nothing.</summary>
    public static async Task RunProcessAsync()
    {
        using var child = ChildProcess.Start(new() { Path = "/bin/true", Arguments = ["true"] });
        await child.WaitAsync();
    }

    private static string Find(string name) =>
        Search(name) ?? throw new InvalidOperationException($"{name} is not in PATH; install it: apt-get install {name}");

    private static string? Search(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/usr/sbin").Split(':')
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
