using System.Globalization;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Inspect;

/// <summary>Where a request goes, read once; what is judged is what is sent.</summary>
/// <param name="IsTls">Whether by https.</param>
/// <param name="Host">Name in normal form.</param>
/// <param name="Port">Port.</param>
/// <param name="PathAndQuery">Path and query as they came, still encoded; starts with a slash.</param>
internal sealed record RequestTarget(bool IsTls, string Host, ushort Port, string PathAndQuery)
{
    /// <summary>Most characters of a target.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The path alone, still encoded.</summary>
    public string Path => PathAndQuery.Split('?', 2)[0];

    /// <summary>The address it is asked at, exactly as read.</summary>
    public Uri Uri { get; } = new(
        $"{(IsTls ? "https" : "http")}://{Host}:{Port.ToString(CultureInfo.InvariantCulture)}{PathAndQuery}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}

/// <summary>Reads where a request goes (RFC 9112 section 3.2, RFC 9113 section 8.3.1), and refuses what has two readings.</summary>
internal static class TargetReader
{
    /// <summary>Reads a target.</summary>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="target">The request line's target, or `:path`.</param>
    /// <param name="host">The Host header or `:authority`; empty when there is none.</param>
    /// <exception cref="RequestRefusedException">400: it cannot be read one way. 421: it is for another host or port than the
    /// connection.</exception>
    public static RequestTarget Read(InspectedConnection connection, string target, string host)
    {
        if (target.Length > MaxTarget)
            throw Bad($"the target has {target.Length} characters; at most {MaxTarget} are read");
        // Blanks, controls and letters beyond ASCII end or change a request line; a fragment is never sent; backslashes are slashes to
        // some.
        if (target.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || target.AsSpan().IndexOfAny('#', '\\') >= 0)
            throw Bad("the target holds a blank, control character, '#', backslash or letter beyond ASCII");
        RequestTarget read = target.StartsWith('/') ? Origin(connection, target, host) : Absolute(connection, target, host);
        if (read.Path.Contains("%00", StringComparison.Ordinal))
            throw Bad("the path holds an encoded NUL");
        // What is sent is what is judged, or nothing is.
        if (!string.Equals(read.Uri.PathAndQuery, read.PathAndQuery, StringComparison.Ordinal)
            || !string.Equals(read.Uri.IdnHost, read.Host, StringComparison.Ordinal))
            throw Bad("the target cannot be passed on as it is");
        return read;
    }

    private const int MaxTarget = RequestTarget.MaxLength;

    private static RequestTarget Origin(InspectedConnection connection, string target, string host)
    {
        if (connection.Name is null)
            throw Bad("a request to a proxy must name its host: GET http://host/path");
        (string name, ushort port) = Authority(host, connection.IsTls);
        Match(connection, name, port);
        return new RequestTarget(connection.IsTls, name, port, target);
    }

    private static RequestTarget Absolute(InspectedConnection connection, string target, string host)
    {
        string scheme = connection.IsTls ? "https://" : "http://";
        if (!target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            throw Bad($"the target must be a path, or start with {scheme}");
        string rest = target[scheme.Length..];
        int end = rest.AsSpan().IndexOfAny('/', '?');
        string authority = end < 0 ? rest : rest[..end];
        string path = end < 0 ? "/" : rest[end..];
        (string name, ushort port) = Authority(authority, connection.IsTls);
        if (host.Length > 0 && Authority(host, connection.IsTls) != (name, port))
            throw Bad("the target and the Host header name different hosts");
        if (connection.Name is not null)
            Match(connection, name, port);
        return new RequestTarget(connection.IsTls, name, port, path.StartsWith('/') ? path : "/" + path);
    }

    private static void Match(InspectedConnection connection, string name, ushort port)
    {
        if (name != connection.Name || port != connection.Port)
            throw new RequestRefusedException(421, new Refusal(InspectCodes.Misdirected,
                $"the request is for {name}:{port}, the connection for {connection.Name}:{connection.Port}", null,
                "Open a connection of its own for each host"), name, port);
    }

    private static (string Name, ushort Port) Authority(string authority, bool isTls)
    {
        int colon = authority.LastIndexOf(':');
        string host = colon < 0 ? authority : authority[..colon];
        ushort port = (ushort)(isTls ? 443 : 80);
        // Digits alone: TryParse without style takes no sign and no blank. Leading zeros are read as octal by some.
        if (colon >= 0 && (authority.Length - colon > 6 || authority[^1] == ':' || authority[colon + 1] == '0'
            || !ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)))
            throw Bad("the port of the host is no number from 1 to 65535");
        return HostName.Normalize(host, out string name) == HostNameFault.None
            ? (name, port)
            : throw Bad("the host is no name in its one accepted form");
    }

    private static RequestRefusedException Bad(string why) => new(400, new Refusal(InspectCodes.Request, why));
}
