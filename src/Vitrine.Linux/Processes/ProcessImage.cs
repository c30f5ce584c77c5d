using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Linux.Processes;

/// <summary>Replaces the program of this process (execve(2)): id, descriptors that are kept over it, and terminal stay.</summary>
public static partial class ProcessImage
{
    /// <summary>Becomes another program; returns only by failing.</summary>
    /// <param name="path">Absolute path of the program.</param>
    /// <param name="arguments">Arguments, the program's name first.</param>
    /// <param name="environment">Its whole environment, `NAME=value`.</param>
    /// <exception cref="LinuxException">Not found, not executable, or too much was given.</exception>
    public static unsafe void Replace(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        // Nothing is freed: either this program is gone afterwards, or it ends with the error.
        _ = execve(Text(path), Vector(arguments), Vector(environment));
        throw LinuxException.Last("execve", path);
    }

    private static unsafe byte** Vector(IReadOnlyList<string> values)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)values.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < values.Count; i++)
            vector[i] = Text(values[i]);
        return vector;
    }

    private static unsafe byte* Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        byte* text = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
        Encoding.UTF8.GetBytes(value, new Span<byte>(text, length));
        return text;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int execve(byte* path, byte** arguments, byte** environment);
}
