using Vitrine.Policy.Host;

namespace Vitrine.Policy;

/// <summary>This host, looked up when asked and then kept: one instance serves one planning.</summary>
/// <param name="environment">Variables that say where things are (HOME, DOCKER_HOST, VITRINE_STATE_DIR, …).</param>
public sealed class LinuxHostFacts(IReadOnlyDictionary<string, string> environment) : IHostFacts
{
    private readonly Dictionary<string, string?> _realPaths = new(StringComparer.Ordinal);
    private IReadOnlyList<string>? _homes;
    private IReadOnlyList<string>? _sockets;
    private IReadOnlyList<string>? _state;

    /// <summary>This host, with the variables of this process.</summary>
    public LinuxHostFacts()
        : this(ProcessEnvironment.Read())
    {
    }

    /// <inheritdoc/>
    public bool IsRoot => Environment.IsPrivilegedProcess && !ProcessEnvironment.IsInUserNamespace;

    /// <inheritdoc/>
    public long? HardOpenFilesLimit => ProcessLimits.HardOpenFiles();

    /// <inheritdoc/>
    public string? OwnHome => environment.GetValueOrDefault("HOME") is { Length: > 1 } home && home[0] == '/' ? home.TrimEnd('/') : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> HomeDirectories => _homes ??= HomeFinder.Find();

    /// <inheritdoc/>
    public IReadOnlyList<string> EngineSockets => _sockets ??= EngineSocketFinder.Find(environment, HomeDirectories, RealPath);

    /// <inheritdoc/>
    public IReadOnlyList<string> StateDirectories => _state ??= StateDirectoryFinder.Find(environment, OwnHome, RealPath);

    /// <inheritdoc/>
    public HostPath ResolvePath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            HostPath found = LinkResolver.Resolve(path) is { } real ? FileStatus.Read(real) : new HostPath(path, HostPathKind.Missing);

            // In a user namespace 0 is who made it; the runtime judges the owner there, on the descriptor.
            return ProcessEnvironment.IsInUserNamespace && found.Owner is { Uid: 0 } ? found with { Owner = null } : found;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new HostPath(path, HostPathKind.Missing) { Error = $"cannot be looked at: {error.Message.TrimEnd('.')}" };
        }
    }

    /// <inheritdoc/>
    public string? RealPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (_realPaths.TryGetValue(path, out string? known)) return known;
        string? real = null;
        try
        {
            real = LinkResolver.Resolve(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What may not be looked at cannot be mounted either; the runtime says so on the descriptor.
        }

        return _realPaths[path] = real;
    }

    /// <inheritdoc/>
    public HostScan Scan(string directory, int maxEntries, int maxDepth) => NameScanner.Scan(directory, maxEntries, maxDepth);

    /// <inheritdoc/>
    public string? ReadText(string path, int maxBytes) => SmallFile.Read(path, maxBytes);
}
