namespace Vitrine.Conformance.Tests.Support;

/// <summary>Directories and a control group name of this test process alone; gone when disposed.</summary>
internal sealed class TestSpace : IDisposable
{
    private static int _count;

    public TestSpace()
    {
        Name = $"vitrine-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        StateDirectory = Path.Combine(TestMode.IsRoot ? "/run" : Path.GetTempPath(), Name);
        DataDirectory = Path.Combine(Path.GetTempPath(), Name + "-data");
        Scratch = Path.Combine(Path.GetTempPath(), Name + "-scratch");
        foreach (string directory in (string[])[StateDirectory, DataDirectory, Scratch])
            Directory.CreateDirectory(directory);
    }

    /// <summary>The name that all of it carries.</summary>
    public string Name { get; }

    public string StateDirectory { get; }

    public string DataDirectory { get; }

    /// <summary>For what a test mounts.</summary>
    public string Scratch { get; }

    /// <summary>Makes a directory in the scratch space.</summary>
    public string MakeDirectory(string name) => Directory.CreateDirectory(Path.Combine(Scratch, name)).FullName;

    public void Dispose()
    {
        foreach (string directory in (string[])[StateDirectory, DataDirectory, Scratch])
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }

        foreach (string group in ControlGroups.Below(Name))
            Directory.Delete(group);
    }
}
