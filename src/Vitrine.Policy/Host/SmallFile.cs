using System.Text;

namespace Vitrine.Policy.Host;

/// <summary>Reads configuration files of bounded size.</summary>
internal static class SmallFile
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Read(string path, int maxBytes)
    {
        try
        {
            // A FIFO or device in its place would be waited for.
            string? real = LinkResolver.Resolve(path);
            if (real is null || FileStatus.Read(real).Kind != HostPathKind.File) return null;
            using FileStream file = new(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[maxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > maxBytes ? null : s_utf8.GetString(bytes, 0, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
