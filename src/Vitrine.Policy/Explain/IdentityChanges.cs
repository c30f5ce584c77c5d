using Vitrine.Policy.Model;

namespace Vitrine.Policy.Explain;

/// <summary>Differences in user and image.</summary>
internal static class IdentityChanges
{
    public static void Collect(ChangeList changes, PolicyDocument before, PolicyDocument after)
    {
        changes.Other("image", before.Image, after.Image);
        bool wasRoot = before.User.Uid == 0;
        bool isRoot = after.User.Uid == 0;
        if (wasRoot != isRoot) changes.Flag("user.root", wasRoot, isRoot);
        else changes.Other("user", Describe(before.User), Describe(after.User));
        changes.Grants("user.capabilities", before.User.Capabilities, after.User.Capabilities);
    }

    private static string Describe(UserSettings user) => $"{user.Name} ({user.Uid}:{user.Gid})";
}
