using System.Globalization;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Rootless;

/// <summary>A user of the host with a range of subordinate ids, made for these tests and removed after them.</summary>
public sealed class ThrowAwayUser : IAsyncLifetime
{
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"vtest{Environment.ProcessId}");

    /// <summary>Why there is none; null when there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>The user's id.</summary>
    public uint Uid { get; private set; }

    /// <summary>First of the 65,536 subordinate ids.</summary>
    public uint FirstSubordinate { get; private set; }

    /// <summary>The user's home, open to nobody else.</summary>
    public string Home => "/tmp/" + _name;

    /// <summary>The command line, copied to where the user can reach it: a clone may be below /root.</summary>
    public string Vitrine => Home + "/program/vitrine";

    /// <summary>Where the user's locks are.</summary>
    public string State => string.Create(CultureInfo.InvariantCulture, $"/tmp/vitrine-{Uid}");

    /// <summary>The command that runs another as this user, with the environment of a plain log-in.</summary>
    internal string[] As(params string[] command) =>
    [
        "/usr/bin/setpriv", "--reuid", _name, "--regid", _name, "--init-groups", "/usr/bin/env", "--chdir=" + Home, "-i", "HOME=" + Home,
        "PATH=/usr/local/bin:/usr/bin:/bin", "VITRINE_GUEST=" + Home + "/vitrine-guest", "DOTNET_ROOT=" + DotnetRoot(), .. command,
    ];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string[] needed = ["useradd", "userdel", "setpriv", "unshare", "newuidmap", "newgidmap"];
        string[] missing = [.. needed.Where(static p => HostPrograms.Find(p) is null)];
        Missing = !TestMode.IsRoot ? "SKIPPED: a user can be made by root alone; run the suite as root."
            : missing.Length > 0 ? $"SKIPPED: missing here: {string.Join(", ", missing)}; eng/setup test installs them (uidmap, util-linux, passwd)."
            : null;
        if (Missing is not null)
            return;
        HostResult made = await HostCommand.RunAsync([HostPrograms.Find("useradd")!, "--create-home", "--home-dir", Home, "--shell", "/bin/sh", _name]);
        Assert.True(made.ExitCode == 0, made.ToString());
        Uid = uint.Parse(Fields("/etc/passwd")[2], CultureInfo.InvariantCulture);
        FirstSubordinate = uint.Parse(Fields("/etc/subuid")[1], CultureInfo.InvariantCulture);
        string program = Directory.CreateDirectory(Home + "/program").FullName;
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(HostPrograms.RequireCli())!))
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        File.Copy(HostPrograms.RequireGuest(), Home + "/vitrine-guest");
        File.SetUnixFileMode(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Missing is not null)
            return;
        await HostCommand.RunAsync([HostPrograms.Find("userdel")!, "--remove", _name]);
        if (Directory.Exists(State))
            Directory.Delete(State, recursive: true);
    }

    /// <summary>Living processes of the user and of its subordinate ids, with their commands.</summary>
    internal IReadOnlyList<string> Processes()
    {
        var found = new List<string>();
        foreach (string directory in Directory.GetDirectories("/proc").Where(static d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                string[] status = File.ReadAllLines(directory + "/status");
                uint uid = uint.Parse(status.First(static l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);
                bool zombie = status.First(static l => l.StartsWith("State:", StringComparison.Ordinal)).Contains('Z', StringComparison.Ordinal);
                if (!zombie && (uid == Uid || (uid >= FirstSubordinate && uid - FirstSubordinate < 65536)))
                    found.Add($"{Path.GetFileName(directory)} {uid} {File.ReadAllText(directory + "/cmdline").Replace('\0', ' ')}");
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }

        return found;
    }

    private string[] Fields(string file) => File.ReadLines(file).Select(static l => l.Split(':')).First(f => f[0] == _name);

    private static string DotnetRoot() =>
        Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? Path.GetFullPath(Path.GetDirectoryName(typeof(object).Assembly.Location) + "/../../..");
}
