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
}
