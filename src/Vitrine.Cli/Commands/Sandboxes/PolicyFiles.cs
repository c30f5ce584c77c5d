using System.Text;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>Reads policies from files.</summary>
internal static class PolicyFiles
{
    /// <summary>A policy is a page of text: 1 MiB is far beyond any.</summary>
    private const long LargestFile = 1 << 20;

    /// <summary>Reads a file, `-` for standard input, or nothing for the tightest policy.</summary>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public static PolicyReadResult Read(string? path)
    {
        if (path is null)
            return PolicyReader.Read("", "the default policy");
        return path == "-" ? PolicyReader.Read(ReadAll(Linux.Terminals.StandardStream.Input(), "standard input"), "standard input")
            : PolicyReader.Read(Text(path), path);
    }

    private static string Text(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return ReadAll(file, path);
        }
        catch (FileNotFoundException)
        {
            throw Unreadable(path, "there is no such file; ready ones are in policies/");
        }
        catch (DirectoryNotFoundException)
        {
            throw Unreadable(path, "there is no such directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw Unreadable(path, Directory.Exists(path) ? "it is a directory; name a file in it"
                : "you may not read it; check its permission with ls -l");
        }
    }

    private static string ReadAll(Stream stream, string name)
    {
        var bytes = new MemoryStream();
        byte[] buffer = new byte[16384];
        int got;
        while ((got = stream.Read(buffer)) > 0)
        {
            bytes.Write(buffer, 0, got);
            if (bytes.Length > LargestFile)
                throw Unreadable(name, "it is larger than 1 MiB, which no policy is");
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
                .GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (ArgumentException)
        {
            throw Unreadable(name, "it is not UTF-8 text");
        }
    }

    private static CliException Unreadable(string path, string why) =>
        new(ExitCodes.Refused, "policy-unreadable", $"The policy {path} cannot be read: {why}.");
}
