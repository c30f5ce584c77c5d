namespace Vitrine.Conformance.Tests.Support;

/// <summary>How much is run: the short form on each change, the full figures with VITRINE_FULL=1.</summary>
internal static class TestMode
{
    public static bool IsFull => Environment.GetEnvironmentVariable("VITRINE_FULL") == "1";

    public static int Count(int normal, int full) => IsFull ? full : normal;

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>Skips loudly where the controls cannot be run.</summary>
    public static void RequireRoot() =>
        Assert.SkipUnless(IsRoot, "SKIPPED: the positive controls attack this host as root in throw-away namespaces; run the suite as root.");
}
