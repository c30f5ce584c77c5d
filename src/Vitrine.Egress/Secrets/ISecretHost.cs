namespace Vitrine.Egress.Secrets;

/// <summary>Where secrets come from.</summary>
public interface ISecretHost
{
    /// <summary>A variable of this process; null when it is not set.</summary>
    string? Variable(string name);

    /// <summary>A file's first bytes, at most <paramref name="limit"/>; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    Task<byte[]?> ReadFileAsync(string path, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The first bytes of what a program prints, at most <paramref name="limit"/>. It runs as this process's user, without a shell and
    /// without input.
    /// </summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="limit">Most bytes of output; the rest is dropped.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It could not be started, or did not exit with 0; the message holds nothing that it
    /// printed.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    Task<byte[]> RunAsync(IReadOnlyList<string> command, int limit, CancellationToken cancellationToken);
}
