using Vitrine.Policy.Model;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy;

/// <summary>Mounts as a command line spells them: `source:target[:option[,option…]]` with the options ro, rw, exec, owner=root,
/// mask=auto.</summary>
public static class MountArgument
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="mount">The mount, when it could be read.</param>
    /// <param name="error">A sentence with a way out, when it could not; else an empty text.</param>
    public static bool TryParse(string text, out MountSettings? mount, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        mount = null;
        string[] parts = text.Split(':');
        if (parts.Length is not (2 or 3))
            return Fail($"'{Problems.Printable.Of(text)}' is no mount: write SOURCE:TARGET or SOURCE:TARGET:rw (a path with a colon can only be named in a policy).", out error);
        if (PathRules.HostError(Normalize(parts[0])) is { } sourceError)
            return Fail($"The source '{Problems.Printable.Of(parts[0])}' {sourceError}: write an absolute path, ~/… or ./….", out error);
        if (PathRules.InsideError(parts[1]) is { } targetError)
            return Fail($"The target '{Problems.Printable.Of(parts[1])}' {targetError}: write an absolute path inside, such as /data.",
                out error);
        var read = new MountSettings { Source = Normalize(parts[0]), Target = parts[1] };
        foreach (string option in parts.Length == 3 ? parts[2].Split(',') : [])
        {
            if (Apply(read, option) is not { } next)
                return Fail($"'{Problems.Printable.Of(option)}' is no mount option: use ro, rw, exec, owner=root or mask=auto.", out error);
            read = next;
        }

        if (read is { MaskAuto: true, Access: MountAccess.ReadWrite })
            return Fail("A writable mount cannot be masked, since a rename inside would shake the mask off: leave out rw or mask=auto.",
                out error);
        mount = read;
        error = "";
        return true;
    }

    private static MountSettings? Apply(MountSettings mount, string option) => option switch
    {
        "ro" => mount with { Access = MountAccess.ReadOnly },
        "rw" => mount with { Access = MountAccess.ReadWrite },
        "exec" => mount with { Exec = true },
        "owner=root" => mount with { OwnerRoot = true },
        "mask=auto" => mount with { MaskAuto = true },
        _ => null,
    };

    // On a command line `data` and `./data` mean the same; in a policy the dot keeps a typing error from becoming a path.
    private static string Normalize(string source) =>
        source.Length > 0 && source[0] is not ('/' or '~' or '.') ? "./" + source : source;

    private static bool Fail(string message, out string error)
    {
        error = message;
        return false;
    }
}
