using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>
/// A repository with one commit, served over HTTP by git's own back end (git-http-backend(1)) and over SSH by dropbear(8), which lets in the key made for it.
/// </summary>
internal sealed class GitServer : IDisposable
{
    /// <summary>Host that serves it over HTTP(S).</summary>
    public const string WebHost = "git.allowed.example";

    /// <summary>Host that serves it over SSH.</summary>
    public const string SshHost = "ssh.allowed.example";

    private readonly string _root;
    private readonly Process _ssh;

    private GitServer(string root, Process ssh)
    {
        _root = root;
        _ssh = ssh;
    }

    /// <summary>The private key that the SSH server lets in.</summary>
    public string KeyFile => Path.Combine(_root, "client");

    /// <summary>The repository's path on the SSH server.</summary>
    public string RepositoryPath => Path.Combine(_root, "parcel.git");

    public static async Task<GitServer> StartAsync(NetworkHolder outside, WebServer web, TestSpace space)
    {
        string root = space.MakeDirectory("git");
        HostResult made = await HostCommand.RunAsync(["/bin/sh", "-euxc", """
            cd "$0"
            export HOME="$0" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
            git init -q --bare -b main parcel.git
            git -C parcel.git config http.receivepack true
            git clone -q parcel.git work
            echo parcel unpacked >work/README
            git -C work add README
            git -C work commit -q -m first
            git -C work push -q origin HEAD:main
            ssh-keygen -q -t ed25519 -N '' -f client
            dropbearkey -t ed25519 -f host
            """, root]);
        Assert.True(made.ExitCode == 0, made.ToString());
        // The server looks for keys in its user's home: there it finds an empty directory of this mount namespace alone.
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        await outside.RunAllAsync(
            $"mount -t tmpfs -o mode=700 none {home}",
            $"mkdir -m 700 {home}/.ssh",
            $"install -m 600 {root}/client.pub {home}/.ssh/authorized_keys");
        Process ssh = HostCommand.Start(outside.Enter("/usr/sbin/dropbear", "-F", "-s", "-p", "0.0.0.0:22", "-r", $"{root}/host", "-P", $"{root}/pid"));
        var server = new GitServer(root, ssh);
        web.Serve(WebHost, server.HandleAsync);
        return server;
    }

    public void Dispose() => _ssh.Dispose();

    // The common gateway interface (RFC 3875), as far as git's program uses it.
    private async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        using Process git = HostCommand.Start(["/usr/bin/git", "http-backend"], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/bin:/bin",
            ["HOME"] = _root,
            ["GIT_PROJECT_ROOT"] = _root,
            ["GIT_HTTP_EXPORT_ALL"] = "1",
            ["GIT_PROTOCOL"] = request.Headers["Git-Protocol"].ToString(),
            ["REQUEST_METHOD"] = request.Method,
            ["PATH_INFO"] = request.Path.Value ?? "/",
            ["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "",
            ["CONTENT_TYPE"] = request.ContentType ?? "",
            ["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString(),
            ["REMOTE_USER"] = "someone",
        });
        Task sent = SendAsync(request.Body, git.StandardInput);
        var answer = new MemoryStream();
        await git.StandardOutput.BaseStream.CopyToAsync(answer, context.RequestAborted);
        await sent;
        ReadOnlyMemory<byte> all = answer.ToArray();
        int end = all.Span.IndexOf("\r\n\r\n"u8);
        foreach (string line in Encoding.ASCII.GetString(all.Span[..end]).Split("\r\n"))
        {
            string[] parts = line.Split(": ", 2);
            if (parts[0] == "Status")
                context.Response.StatusCode = int.Parse(parts[1].AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);
            else
                context.Response.Headers[parts[0]] = parts[1];
        }

        await context.Response.Body.WriteAsync(all[(end + 4)..], context.RequestAborted);
    }

    private static async Task SendAsync(Stream body, StreamWriter input)
    {
        try
        {
            await body.CopyToAsync(input.BaseStream);
            input.Close();
        }
        catch (IOException)
        {
            // The program has what it needs.
        }
    }
}
