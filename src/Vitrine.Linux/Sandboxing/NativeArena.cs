using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Linux.Sandboxing;

/// <summary>Native memory for one launch: many small pieces, freed together.</summary>
internal sealed unsafe class NativeArena
{
    private readonly List<nint> _blocks = [];
    private byte* _next;
    private int _left;

    internal void* Take(int size)
    {
        size = (size + 7) & ~7;
        if (size > _left)
        {
            int block = Math.Max(size, 4096);
            _next = (byte*)NativeMemory.Alloc((nuint)block);
            _left = block;
            _blocks.Add((nint)_next);
        }

        byte* taken = _next;
        _next += size;
        _left -= size;
        return taken;
    }

    internal byte* Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        var start = (byte*)Take(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(start, length));
        start[length] = 0;
        return start;
    }

    internal byte** Texts(IReadOnlyList<string> texts)
    {
        var pointers = (byte**)Take((texts.Count + 1) * sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
            pointers[i] = Text(texts[i]);
        pointers[texts.Count] = null;
        return pointers;
    }

    internal void Free()
    {
        foreach (nint block in _blocks)
            NativeMemory.Free((void*)block);
        _blocks.Clear();
    }
}
