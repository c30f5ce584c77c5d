using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vitrine.Audit.Chain;

/// <summary>The last line known to be on the disk: its number and hash, kept in a file apart so that cutting the chain's end shows.</summary>
/// <param name="Sequence">Number of the line.</param>
/// <param name="Hash">Its hash.</param>
internal readonly record struct ChainHead(long Sequence, string Hash)
{
    private const int MaxBytes = 256;

    /// <summary>Reads a head. Null where there is none.</summary>
    /// <exception cref="FormatException">The file is there and is no head.</exception>
    public static ChainHead? Read(string path)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path) is not { Exists: true } file)
                return null;
            bytes = file.Length <= MaxBytes ? File.ReadAllBytes(path) : [];
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        return Parse(bytes) ?? throw new FormatException($"{path} is no head of an audit chain.");
    }

    /// <summary>Replaces the head: written aside, renamed over.</summary>
    /// <param name="path">The head's file.</param>
    /// <param name="durable">Whether it must be on the disk first (fsync(2)).</param>
    public void Write(string path, bool durable)
    {
        string aside = path + ".new";
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(aside, FileMode.Create, FileAccess.Write))
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{Sequence},\"hash\":\"{Hash}\"}}\n");
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(text), 0);
            if (durable)
                RandomAccess.FlushToDisk(file);
        }

        File.Move(aside, path, overwrite: true);
    }

    private static ChainHead? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            string hash = root.GetProperty("hash").GetString() ?? "";
            long sequence = root.GetProperty("seq").GetInt64();
            return sequence > 0 && ChainLine.IsHex(Encoding.UTF8.GetBytes(hash)) ? new ChainHead(sequence, hash) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
