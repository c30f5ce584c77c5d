namespace Vitrine.Egress.Dns;

/// <summary>A small text file of the host, read again when it has changed; looked at every two seconds at most.</summary>
internal sealed class HostFile<T>(string path, Func<IEnumerable<string>, T> read, TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);
    private const int LongestFile = 1024 * 1024;

    private readonly Lock _gate = new();
    private T _value = read([]);
    private (DateTime Written, long Length) _version;
    private long _looked;

    /// <summary>What the file says now; what an empty one would where it is missing, unreadable or longer than 1 MiB.</summary>
    public T Value
    {
        get
        {
            lock (_gate)
            {
                if (_looked == 0 || clock.GetElapsedTime(_looked) > Freshness)
                    Look();
                return _value;
            }
        }
    }

    private void Look()
    {
        _looked = clock.GetTimestamp();
        try
        {
            var file = new FileInfo(path);
            (DateTime, long) version = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (version == _version)
                return;
            _value = read(version.Item2 is > 0 and <= LongestFile ? File.ReadAllLines(path) : []);
            _version = version;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _value = read([]);
            _version = default;
        }
    }
}
