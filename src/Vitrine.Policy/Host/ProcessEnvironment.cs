using System.Collections;

namespace Vitrine.Policy.Host;

/// <summary>The variables of this process, as a dictionary with ordinal names.</summary>
internal static class ProcessEnvironment
{
    public static Dictionary<string, string> Read()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables()) variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }

    /// <summary>Whether this process is in a user namespace other than the host's, where id 0 has none of root's power over the host.</summary>
    public static bool IsInUserNamespace { get; } =
        File.ReadAllText("/proc/self/uid_map").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is not ["0", "0", "4294967295"];
}
