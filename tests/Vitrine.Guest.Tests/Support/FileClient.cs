using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests.Support;

/// <summary>A file operation failed inside.</summary>
internal sealed class FileOperationException(int errno, string message) : Exception(message)
{
    public int Errno => errno;
}

/// <summary>File operations as a host does them.</summary>
internal static class FileClient
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<FileEntry> StatAsync(this GuestConnection guest, string path) =>
        Assert.Single(await guest.EntriesAsync(new FileRequest { Operation = FileOperation.Stat, Path = path }));

    public static Task<List<FileEntry>> ListAsync(this GuestConnection guest, string path, ulong levels) =>
        guest.EntriesAsync(new FileRequest { Operation = FileOperation.List, Path = path, Length = levels });

    public static async Task<List<FileEntry>> EntriesAsync(this GuestConnection guest, FileRequest request, byte[]? content = null)
    {
        await using GuestChannel channel = await guest.FileAsync(request, Token);
        Task sending = SendAsync(channel, content);
        var entries = new List<FileEntry>();
        await foreach (FileEntry entry in FileRecords.EntriesAsync(channel.Output, Token))
            entries.Add(entry);
        await FinishAsync(channel);
        await sending;
        return entries;
    }

    public static async Task<FileEntry> WriteAsync(this GuestConnection guest, FileRequest request, byte[] content) =>
        Assert.Single(await guest.EntriesAsync(request with { Operation = FileOperation.Write }, content));

    public static Task<FileEntry> WriteAsync(this GuestConnection guest, string path, byte[] content) =>
        guest.WriteAsync(new FileRequest { Operation = FileOperation.Write, Path = path }, content);

    public static async Task<byte[]> ReadAsync(this GuestConnection guest, string path, ulong offset = 0, ulong length = ulong.MaxValue)
    {
        await using GuestChannel channel = await guest.FileAsync(
            new FileRequest { Operation = FileOperation.Read, Path = path, Offset = offset, Length = length }, Token);
        byte[] content = await Run.ReadAllAsync(channel.Output);
        await FinishAsync(channel);
        return content;
    }

    public static Task RemoveAsync(this GuestConnection guest, string path, bool recursive = false) =>
        guest.EntriesAsync(new FileRequest { Operation = FileOperation.Remove, Path = path, Recursive = recursive });

    public static Task MoveAsync(this GuestConnection guest, string path, string destination) =>
        guest.EntriesAsync(new FileRequest { Operation = FileOperation.Move, Path = path, Destination = destination });

    private static async Task SendAsync(GuestChannel channel, byte[]? content)
    {
        try
        {
            if (content is not null)
                await channel.Input.WriteAsync(content, Token);
            await channel.Input.DisposeAsync();
        }
        catch (GuestClosedException)
        {
            // The operation failed before it took all; its own words say why.
        }
    }

    private static async Task FinishAsync(GuestChannel channel)
    {
        string sentence = System.Text.Encoding.UTF8.GetString(await Run.ReadAllAsync(channel.Error));
        CommandExit exit = await channel.Exited.WaitAsync(Token);
        await channel.Completed.WaitAsync(Token);
        Assert.Equal(0, exit.Signal);
        if (exit.Code != 0)
            throw new FileOperationException(exit.Code, sentence);
    }
}
