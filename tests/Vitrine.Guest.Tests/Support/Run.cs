using System.Text;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests.Support;

/// <summary>A finished command.</summary>
internal sealed record Outcome(CommandExit Exit, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Runs commands to their end.</summary>
internal static class Run
{
    public static readonly string[] Path = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static CommandRequest Request(params string[] arguments) => new() { Arguments = arguments, Environment = Path, KillTreeOnExit = true };

    public static CommandRequest Shell(string script) => Request("sh", "-c", script);

    public static CommandRequest Python(string script) => Request("python3", "-c", script);

    public static async Task<Outcome> ToEndAsync(this GuestConnection guest, CommandRequest request)
    {
        await using GuestChannel channel = await guest.StartAsync(request, Token);
        return await channel.ToEndAsync();
    }

    public static Task<Outcome> ShellAsync(this GuestConnection guest, string script) => guest.ToEndAsync(Shell(script));

    public static Task<Outcome> PythonAsync(this GuestConnection guest, string script) => guest.ToEndAsync(Python(script));

    public static async Task<Outcome> ToEndAsync(this GuestChannel channel)
    {
        Task<byte[]> output = ReadAllAsync(channel.Output), error = ReadAllAsync(channel.Error);
        CommandExit exit = await channel.Exited.WaitAsync(Token);
        await channel.Completed.WaitAsync(Token);
        return new Outcome(exit, await output, Encoding.UTF8.GetString(await error));
    }

    /// <summary>Reads until a line holds <paramref name="word"/>; answers that line.</summary>
    public static async Task<string> LineWithAsync(this GuestChannel channel, string word)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await channel.Output.ReadAsync(one, Token) > 0)
        {
            if (one[0] != '\n')
            {
                line.Add(one[0]);
                continue;
            }

            string text = Encoding.UTF8.GetString([.. line]).Trim();
            line.Clear();
            if (text.Contains(word, StringComparison.Ordinal))
                return text;
        }

        throw new InvalidOperationException($"the output ended without '{word}'; its last words: {Encoding.UTF8.GetString([.. line])}");
    }

    public static async Task TypeAsync(this GuestChannel channel, string text) => await channel.Input.WriteAsync(Encoding.UTF8.GetBytes(text), Token);

    public static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Token);
        return all.ToArray();
    }
}
