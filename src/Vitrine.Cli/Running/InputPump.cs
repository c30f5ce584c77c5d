using Vitrine.Linux.Terminals;

namespace Vitrine.Cli.Running;

/// <summary>
/// Copies our standard input to the command. A read from a terminal or pipe cannot be called back, so it has a thread of its own that
/// nobody waits
/// for: it ends with the process.
/// </summary>
internal static class InputPump
{
    /// <summary>Starts copying. The end of our input is the end of the command's.</summary>
    /// <param name="target">The command's input.</param>
    public static void Start(Stream target)
    {
        var thread = new Thread(() => Run(target)) { IsBackground = true, Name = "stdin" };
        thread.Start();
    }

    private static void Run(Stream target)
    {
        byte[] buffer = new byte[32_768];
        using StandardStream source = StandardStream.Input();
        try
        {
            int got;
            while ((got = source.Read(buffer)) > 0)
            {
                // The next read must not come before the command took this: its pace is ours.
                target.WriteAsync(buffer.AsMemory(0, got)).AsTask().GetAwaiter().GetResult();
            }

            target.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The command closed its input or is gone; what it does not read is not ours to report.
        }
    }
}
