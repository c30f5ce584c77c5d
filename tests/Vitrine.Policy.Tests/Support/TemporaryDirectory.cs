using System.Diagnostics;
using System.Net.Sockets;

namespace Vitrine.Policy.Tests.Support;

/// <summary>A directory of a test's own on the real file system, with its links followed; removed at the end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public TemporaryDirectory()
    {
        string path = Path.Combine(Path.GetTempPath(), $"vitrine-policy-{Environment.ProcessId}-{Guid.NewGuid():N}");
        Root = Directory.CreateDirectory(path).FullName;
    }

    public string Root { get; }

    public string MakeFile(string relativePath, string content = "x")
    {
        string path = Path.Combine(Root, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string MakeDirectory(string relativePath) => Directory.CreateDirectory(Path.Combine(Root, relativePath)).FullName;

    public string MakeLink(string relativePath, string target)
    {
        string path = Path.Combine(Root, relativePath);
        File.CreateSymbolicLink(path, target);
        return path;
    }

    public string MakeSocket(string relativePath)
    {
        string path = Path.Combine(Root, relativePath);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(socket);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return path;
    }

    public string MakeFifo(string relativePath)
    {
        string path = Path.Combine(Root, relativePath);
        Run("mkfifo", path);
        return path;
    }

    public static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets) socket.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
