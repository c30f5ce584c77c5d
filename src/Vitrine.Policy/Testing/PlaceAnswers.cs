using Vitrine.Policy.Plans;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Testing;

/// <summary>Whether a path inside can be written, and what is written there executed.</summary>
internal static class PlaceAnswers
{
    public static TestAnswer Write(SandboxPlan plan, string path)
    {
        if (PathRules.InsideError(path) is { } error) return TestAnswer.Unanswerable($"the path {error}");
        Place place = Find(plan, path);
        return new TestAnswer(place.Writable, place.Description);
    }

    public static TestAnswer Execute(SandboxPlan plan, string path)
    {
        if (PathRules.InsideError(path) is { } error) return TestAnswer.Unanswerable($"the path {error}");
        Place place = Find(plan, path);
        return new TestAnswer(place is { Writable: true, Executable: true }, place.Description);
    }

    // The place with the longest path wins, as it is mounted over the others.
    private static Place Find(SandboxPlan plan, string path)
    {
        IEnumerable<Place> places = plan.Tmpfs
            .Select(place => new Place(place.Target, true, place.Executable,
                $"on the memory file system {place.Target}{(place.Executable ? "" : ", noexec")}"))
            .Concat(plan.Mounts.Select(mount => new Place(mount.Target, !mount.ReadOnly, mount.Executable,
                $"on the mount {mount.Target}, {(mount.ReadOnly ? "ro" : "rw")}{(mount.Executable ? "" : ",noexec")}")));
        return places.Where(place => PathRules.IsAtOrBelow(path, place.Target)).MaxBy(place => place.Target.Length)
            ?? new Place("/", plan.Root.Writable, true, plan.Root.Writable ? "on the ephemeral root" : "on the read-only root");
    }

    private sealed record Place(string Target, bool Writable, bool Executable, string Description);
}
