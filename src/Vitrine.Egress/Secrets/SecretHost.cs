namespace Vitrine.Egress.Secrets;

/// <summary>Variables and files of this host; programs are run by who can.</summary>
/// <param name="run">Runs a command as <see cref="ISecretHost.RunAsync"/> says: this project starts no processes itself.</param>
public sealed class SecretHost(Func<IReadOnlyList<string>, int, CancellationToken, Task<byte[]>> run) : ISecretHost
{
    /// <inheritdoc/>
    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadFileAsync(string path, int limit, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                byte[] buffer = new byte[limit];
                int read = await file.ReadAtLeastAsync(buffer, limit, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                byte[] value = buffer[..read];
                Array.Clear(buffer);
                return value;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<byte[]> RunAsync(IReadOnlyList<string> command, int limit, CancellationToken cancellationToken) =>
        run(command, limit, cancellationToken);
}
