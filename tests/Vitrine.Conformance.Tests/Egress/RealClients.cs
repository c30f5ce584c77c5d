using Vitrine.Conformance.Tests.Egress.World;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>A program as people use it, and what it prints when it got what it wanted.</summary>
/// <param name="Name">The client.</param>
/// <param name="AllowedHost">A host of the outside that serves it.</param>
/// <param name="Script">A shell script; @HOST@ stands for the host.</param>
/// <param name="Expected">Its whole output; @HOST@ as before.</param>
/// <param name="Port">The port it goes to.</param>
/// <param name="Protocol">A policy's word for what it speaks.</param>
/// <param name="Proxies">Whether the client heeds the proxy variables.</param>
internal sealed record RealClient(
    string Name, string AllowedHost, string Script, string Expected, int Port = 443, string Protocol = "tls", bool Proxies = false)
{
    /// <summary>A host under a name that no rule allows.</summary>
    public string DeniedHost => AllowedHost.Replace(".allowed.", ".denied.", StringComparison.Ordinal);

    public string ScriptFor(string host) => Script.Replace("@HOST@", host, StringComparison.Ordinal);

    public string ExpectedFrom(string host) => Expected.Replace("@HOST@", host, StringComparison.Ordinal);
}

/// <summary>All of them. Their own repetitions after a failure are switched off where they have them: how long those take says nothing of the sandbox.</summary>
internal static class RealClients
{
    private const string Web = "www.allowed.example";
    private const string Hello = "hello from @HOST@\n";

    /// <summary>Where the .NET client is mounted inside; without a sandbox its own place is used.</summary>
    public const string DotnetClientInside = "/opt/client";

    public static string DotnetClientFolder => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Vitrine.Conformance.Client", "debug"));

    /// <summary>The folder of the .NET runtime that this test runs on.</summary>
    public static string DotnetFolder => Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public static IReadOnlyList<RealClient> All(GitServer git, string dotnetClient) =>
    [
        new("curl", Web, "curl -sS --fail-with-body https://@HOST@/", Hello, Proxies: true),
        new("curl http", Web, "curl -sS --fail-with-body http://@HOST@/", Hello, 80, "http", Proxies: true),
        new("wget", Web, "wget -nv -t 1 -O- https://@HOST@/", Hello, Proxies: true),
        new("git https", GitServer.WebHost, "git clone -q https://@HOST@/parcel.git c && cat c/README && cd c && git push -q origin HEAD:refs/heads/branch-$$", "parcel unpacked\n", Proxies: true),
        new("git ssh", GitServer.SshHost, $"""
            umask 077; cat >key <<'KEY'
            {File.ReadAllText(git.KeyFile)}
            KEY
            export GIT_SSH_COMMAND="ssh -i $PWD/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
            git clone -q ssh://root@@HOST@{git.RepositoryPath} c && cat c/README
            """, "parcel unpacked\n", 22, "ssh"),
        new("pip", PackageShelf.PythonHost, """
            python3 -m pip install -q --no-input --disable-pip-version-check --retries 0 --index-url https://@HOST@/simple/ --target p vitrine-parcel &&
            python3 p/vitrine_parcel.py
            """, "parcel unpacked\n", Proxies: true),
        new("npm", PackageShelf.NodeHost, """
            npm install --loglevel=error --no-audit --no-fund --no-update-notifier --fetch-retries=0 --registry=https://@HOST@/ vitrine-parcel >&2 &&
            node -e "require('vitrine-parcel')"
            """, "parcel unpacked\n", Proxies: true),
        new("apt", PackageShelf.DebianHost, """
            mkdir -p state/lists/partial cache/archives/partial
            echo "deb [trusted=yes] https://@HOST@/ ./" >sources
            cat >conf <<CONF
            Dir::State "$PWD/state"; Dir::State::status "$PWD/status"; Dir::Cache "$PWD/cache"; Dir::Etc::SourceList "$PWD/sources"; Dir::Etc::SourceParts "-";
            Dir::Etc::Parts "-"; Dir::Etc::Main "-"; APT::Sandbox::User ""; Acquire::Retries "0"; APT::Update::Error-Mode "any";
            CONF
            : >status
            export APT_CONFIG=$PWD/conf
            apt-get -qq update && apt-get -qq download vitrine-parcel >&2 && dpkg-deb -f vitrine-parcel_1.0_all.deb Package
            """, "vitrine-parcel\n", Proxies: true),
        new("Node fetch", Web, """node -e "fetch('https://@HOST@/').then(r => r.text()).then(t => process.stdout.write(t))" """, Hello),
        new("Python urllib", Web, """python3 -c "import urllib.request as u; print(u.urlopen('https://@HOST@/').read().decode(), end='')" """, Hello, Proxies: true),
        new("Python requests", Web, """python3 -c "import requests; print(requests.get('https://@HOST@/').text, end='')" """, Hello, Proxies: true),
        new("Python aiohttp", Web, """
            python3 - <<'PY'
            import aiohttp, asyncio
            async def main():
                async with aiohttp.ClientSession(trust_env=True) as session, session.get("https://@HOST@/") as answer:
                    print(await answer.text(), end="")
            asyncio.run(main())
            PY
            """, Hello, Proxies: true),
        new("WebSocket", Web, """
            python3 - <<'PY'
            import aiohttp, asyncio
            async def main():
                async with aiohttp.ClientSession(trust_env=True) as session, session.ws_connect("wss://@HOST@/ws") as socket:
                    await socket.send_str("over and out")
                    print((await socket.receive()).data)
            asyncio.run(main())
            PY
            """, "over and out\n"),
        new("gRPC", Web, """
            python3 - <<'PY'
            import grpc
            with grpc.secure_channel("@HOST@:443", grpc.ssl_channel_credentials(), [("grpc.enable_http_proxy", 0)]) as channel:
                say = channel.stream_stream("/echo.Echo/Say")
                print(*[m.decode() for m in say(iter([b"over", b"and", b"out"]), timeout=15)])
            PY
            """, "over and out\n"),
        new(".NET HttpClient", Web, $"{DotnetFolder}/dotnet {dotnetClient}/Vitrine.Conformance.Client.dll http https://@HOST@/", "1.1 " + Hello + "2.0 " + Hello, Proxies: true),
        new(".NET WebSocket", Web, $"{DotnetFolder}/dotnet {dotnetClient}/Vitrine.Conformance.Client.dll ws wss://@HOST@/ws", "over and out\n", Proxies: true),
        new("nc", "tcp.allowed.example", "printf 'over and out' | nc -N @HOST@ 7007", "over and out", 7007, "tcp"),
    ];

    /// <summary>Options of `vitrine run` that show the .NET client and, where it is not below /usr, its runtime.</summary>
    public static IReadOnlyList<string> MountOptions =>
    [
        "--mount", $"{DotnetClientFolder}:{DotnetClientInside}",
        .. DotnetFolder.StartsWith("/usr/", StringComparison.Ordinal) ? (string[])[] : ["--mount", $"{DotnetFolder}:{DotnetFolder}"],
    ];
}
