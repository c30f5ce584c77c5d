namespace Vitrine.Policy.Tests.Support;

/// <summary>Finds files of the repository from a test's output directory.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    private static string Find()
    {
        for (DirectoryInfo? here = new(AppContext.BaseDirectory); here is not null; here = here.Parent)
        {
            if (File.Exists(Path.Combine(here.FullName, "Vitrine.slnx"))) return here.FullName;
        }

        throw new InvalidOperationException($"No Vitrine.slnx above {AppContext.BaseDirectory}.");
    }
}
