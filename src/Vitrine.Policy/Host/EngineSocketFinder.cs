using Vitrine.Policy.Validation.Mounts;

namespace Vitrine.Policy.Host;

/// <summary>Finds sockets of container engines: the usual places, those of each person, and where the environment says an engine
/// is.</summary>
internal static class EngineSocketFinder
{
    private static readonly string[] s_ofPerson = ["docker.sock", "podman/podman.sock", "containerd/containerd.sock",
        "buildkit/buildkitd.sock"];
    private static readonly string[] s_variables = ["DOCKER_HOST", "CONTAINER_HOST", "CONTAINERD_ADDRESS", "BUILDKIT_HOST"];

    public static IReadOnlyList<string> Find(IReadOnlyDictionary<string, string> environment, IEnumerable<string> homes,
        Func<string, string?> realPath)
    {
        IEnumerable<string> candidates = EngineSocketRule.UsualPaths
            .Concat(homes.SelectMany(home => EngineSocketRule.UsualPathsInHome.Select(socket => $"{home}/{socket}")))
            .Concat(RuntimeDirectories().SelectMany(directory => s_ofPerson.Select(socket => $"{directory}/{socket}")))
            .Concat(s_variables.Select(name => FromVariable(environment.GetValueOrDefault(name, ""))).OfType<string>());
        return [.. candidates.Select(realPath).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static string? FromVariable(string value)
    {
        string path = value.StartsWith("unix://", StringComparison.Ordinal) ? value[7..] : value;
        return path.StartsWith('/') ? path : null;
    }

    private static string[] RuntimeDirectories()
    {
        try
        {
            return Directory.GetDirectories("/run/user");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
