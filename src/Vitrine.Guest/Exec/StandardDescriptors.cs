using Vitrine.Linux.Files;
using Vitrine.Linux.Sandboxing;
using Vitrine.Linux.Terminals;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>Both ends of what becomes a command's 0, 1 and 2.</summary>
internal sealed class StandardDescriptors : IDisposable
{
    private readonly Descriptor[] _child;

    private StandardDescriptors(Descriptor[] child) => _child = child;

    /// <summary>Our end of the terminal; null for pipes.</summary>
    internal Descriptor? Terminal { get; private init; }

    /// <summary>Where its input is written; null when it has none.</summary>
    internal Descriptor? Input { get; private init; }

    /// <summary>Where its output is read; null on a terminal.</summary>
    internal Descriptor? Output { get; private init; }

    /// <summary>Where its errors are read; null on a terminal.</summary>
    internal Descriptor? Error { get; private init; }

    /// <summary>Makes them, owned by the command's user, so that it can open /dev/stdout or its terminal by name.</summary>
    internal static StandardDescriptors Create(CommandRequest request, bool switchesUser)
    {
        if (!switchesUser)
            return request.Terminal is null ? Pipes(request) : OnTerminal(request.Terminal.Value);
        using var identity = new FileSystemIdentity(request.Uid, request.Gid);
        return request.Terminal is null ? Pipes(request) : OnTerminal(request.Terminal.Value);
    }

    /// <summary>The numbers to hand over: three, or the terminal alone.</summary>
    internal int CopyTo(Span<int> numbers)
    {
        for (int i = 0; i < _child.Length; i++)
            numbers[i] = _child[i].Number;
        return _child.Length;
    }

    internal void CloseChildEnds()
    {
        foreach (Descriptor descriptor in _child)
            descriptor.Dispose();
    }

    public void Dispose()
    {
        CloseChildEnds();
        Terminal?.Dispose();
        Input?.Dispose();
        Output?.Dispose();
        Error?.Dispose();
    }

    private static StandardDescriptors OnTerminal(TerminalSize size)
    {
        PseudoTerminal terminal = PseudoTerminal.Create(size.Columns, size.Rows);
        DescriptorIo.SetNonBlocking(terminal.Master.Number);
        return new StandardDescriptors([terminal.Slave]) { Terminal = terminal.Master };
    }

    private static StandardDescriptors Pipes(CommandRequest request)
    {
        Pipe output = Pipe.Create(), error = Pipe.Create();
        Pipe? input = request.OpenInput ? Pipe.Create() : null;
        DescriptorIo.SetNonBlocking(output.Reader.Number);
        DescriptorIo.SetNonBlocking(error.Reader.Number);
        if (input is { } open)
            DescriptorIo.SetNonBlocking(open.Writer.Number);
        return new StandardDescriptors([input?.Reader ?? DescriptorIo.DuplicateFrom(0, 3), output.Writer, error.Writer])
        {
            Input = input?.Writer,
            Output = output.Reader,
            Error = error.Reader,
        };
    }
}
