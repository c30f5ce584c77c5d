namespace Vitrine.Guest.Tests.Support;

/// <summary>Finds the published guest: VITRINE_GUEST, or artifacts/publish of this repository.</summary>
internal static class GuestBinary
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The binary; skips the test, loudly, when it was not published.</summary>
    public static string Path
    {
        get
        {
            if (Found.Value is null)
                Assert.Skip("THE GUEST IS NOT PUBLISHED: run `dotnet publish src/Vitrine.Guest -c Release`, or set VITRINE_GUEST");
            return Found.Value;
        }
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("VITRINE_GUEST") is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = System.IO.Path.Combine(at.FullName, "artifacts/publish/Vitrine.Guest/release/vitrine-guest");
            if (File.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
