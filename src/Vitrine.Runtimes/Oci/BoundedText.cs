using System.Text;
using Vitrine.Linux;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci;

/// <summary>
/// The first bytes of what a runtime, and after it the guest, writes to its error stream. Beyond the bound the pipe is closed: a guest that floods it
/// gets EPIPE, and this process no work.
/// </summary>
internal sealed class BoundedText
{
    private const int Most = 16 * 1024;

    private readonly byte[] _bytes = new byte[Most];
    private readonly Task _reading;
    private volatile int _length;

    /// <summary>Reads from a pipe until its end or the bound, and closes it.</summary>
    public BoundedText(Pipe pipe) => _reading = ReadAsync(pipe);

    /// <summary>The text so far, each control character as a question mark: it may be hostile.</summary>
    public string Text
    {
        get
        {
            char[] text = Encoding.UTF8.GetString(_bytes, 0, _length).Trim().ToCharArray();
            for (int i = 0; i < text.Length; i++)
            {
                if (char.IsControl(text[i]))
                    text[i] = text[i] == '\n' ? ' ' : '?';
            }

            return new string(text);
        }
    }

    /// <summary>Waits for the end, but no longer than a moment: a process that lives on may hold the pipe open.</summary>
    public async Task<string> SettledAsync()
    {
        await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromMilliseconds(200))).ConfigureAwait(false);
        return Text;
    }

    private async Task ReadAsync(Pipe pipe)
    {
        using (pipe)
        {
            try
            {
                while (_length < Most && await pipe.ReadAsync(_bytes.AsMemory(_length)).ConfigureAwait(false) is var count and > 0)
                    _length += count;
            }
            catch (LinuxException)
            {
                // What was read until then is what there is.
            }
        }
    }
}
