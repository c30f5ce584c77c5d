using System.Globalization;
using System.Text;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>passwd(5) and group(5) of a sandbox: those of the image, with the sandbox's user where the image lacks it.</summary>
internal static class Accounts
{
    /// <summary>Home of the sandbox's user.</summary>
    public const string Home = "/home/user";

    private const string Users = "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
    private const string Groups = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n";

    /// <summary>The passwd file.</summary>
    /// <param name="image">The image's own; null for none.</param>
    /// <param name="user">The sandbox's user.</param>
    public static string Passwd(string? image, IdentityPlan user) => With(image ?? Users, user.Uid, 2,
        string.Create(CultureInfo.InvariantCulture, $"{user.Name}:x:{user.Uid}:{user.Gid}::{Home}:/bin/sh"),
        string.Create(CultureInfo.InvariantCulture, $"vitrine-guest:x:{GuestIdentity.Id}:{GuestIdentity.Id}::/:/usr/sbin/nologin"));

    /// <summary>The group file.</summary>
    /// <param name="image">The image's own; null for none.</param>
    /// <param name="user">The sandbox's user.</param>
    public static string Group(string? image, IdentityPlan user) => With(image ?? Groups, user.Gid, 2,
        string.Create(CultureInfo.InvariantCulture, $"{user.Name}:x:{user.Gid}:"),
        string.Create(CultureInfo.InvariantCulture, $"vitrine-guest:x:{GuestIdentity.Id}:"));

    private static string With(string text, uint id, int field, string line, string guest)
    {
        var result = new StringBuilder(text);
        if (result.Length > 0 && result[^1] != '\n')
            result.Append('\n');
        string wanted = id.ToString(CultureInfo.InvariantCulture);
        if (!text.Split('\n').Any(l => l.Split(':') is { } fields && fields.Length > field && fields[field] == wanted))
            result.Append(line).Append('\n');
        return result.Append(guest).Append('\n').ToString();
    }
}
