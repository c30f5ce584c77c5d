using Vitrine.Linux.Processes;

namespace Vitrine.Engine.Egress;

/// <summary>Runs the program whose output is a secret: as this process's user, with its environment, without a shell, input or a terminal.</summary>
internal static class SecretCommand
{
    /// <summary>How long it may take: longer than asking a key store over the network, shorter than anybody waits for a prompt nobody sees.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The first bytes of its output; all processes of its session's first group are gone afterwards, where it was cut short.</summary>
    /// <exception cref="IOException">It is not there, could not be started, or did not exit with 0.</exception>
    /// <exception cref="TimeoutException">It took longer than 30 seconds.</exception>
    public static async Task<byte[]> RunAsync(IReadOnlyList<string> command, int limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        string path = Find(command[0]) ?? throw new IOException($"{command[0]} is not there, or not in PATH");
        using var output = new Pipe();
        using ChildProcess child = ChildProcess.Start(new ChildStart
        {
            Path = path,
            Arguments = command,
            Environment = [.. Variables()],
            Descriptors = [null, output.Writer, null],
            NewSession = true,
        });
        output.TakeWriter().Dispose();
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        byte[] buffer = new byte[limit];
        int length = 0;
        try
        {
            while (length < limit && await output.ReadAsync(buffer.AsMemory(length), either.Token).ConfigureAwait(false) is var count and > 0)
                length += count;
            if (length == limit)
            {
                await KillAsync(child).ConfigureAwait(false);
                return buffer;
            }

            int status = await child.WaitAsync(either.Token).ConfigureAwait(false);
            return status == 0 ? buffer[..length] : throw new IOException($"it ended with {status}");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            await KillAsync(child).ConfigureAwait(false);
            throw new TimeoutException($"it did not end within {Patience.TotalSeconds} s; it gets no input, so it must not ask for any", e);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(child).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (length < limit)
                Array.Clear(buffer);
        }
    }

    private static Task<int> KillAsync(ChildProcess child)
    {
        child.SignalGroup(Signals.SIGKILL);
        return child.WaitAsync(CancellationToken.None);
    }

    private static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? (File.Exists(program) ? program : null)
        : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Variables()
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            yield return $"{variable.Key}={variable.Value}";
    }
}
