using System.Buffers.Text;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>
/// Which processes descend from this one, read from /proc (proc(5)). It makes no process, holds one buffer outside the heap, and never
/// signals a number that may have changed its meaning.
/// </summary>
public sealed unsafe class ProcessTable : IDisposable
{
    private const int MaxEntries = 64 * 1024;
    private readonly MappedBuffer _memory = new(MaxEntries * sizeof(Entry));
    private readonly Descriptor _directory;
    private readonly int _self = ProcessHardening.Pid;
    private int _count;

    /// <summary>Opens /proc.</summary>
    /// <exception cref="LinuxException">It is not mounted, or may not be read.</exception>
    public ProcessTable()
    {
        _directory = DescriptorIo.Open("/proc", FileAccess.Read, out int errno);
        if (_directory.IsInvalid)
            throw new LinuxException("open", "/proc", errno);
    }

    /// <summary>Sends a signal to every descendant, and with <paramref name="group"/> to those of that process group only.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="group">A process group, or 0 for all.</param>
    /// <param name="repeatUntilNoneNew">Whether to look again until no new descendant appears (at most 16 times): for SIGSTOP, which ends
    /// their forking.</param>
    /// <returns>How many descendants were there at the last look.</returns>
    public int SignalDescendants(int signal, int group, bool repeatUntilNoneNew)
    {
        int before;
        int found = 0;
        int looks = 0;
        do
        {
            before = found;
            found = SignalOnce(signal, group);
        }
        while (repeatUntilNoneNew && found > before && ++looks < 16);
        return found;
    }

    /// <summary>Gives the memory of the last look back.</summary>
    public void Forget() => _memory.Discard();

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _directory.Dispose();
    }

    private Span<Entry> Entries => MemoryMarshal.Cast<byte, Entry>(_memory.Span)[.._count];

    private int SignalOnce(int signal, int group)
    {
        ReadAll();
        MarkDescendants();
        int found = 0;
        foreach (ref Entry entry in Entries)
        {
            if (!entry.Descends || (group != 0 && entry.Group != group))
                continue;
            found++;
            Send(in entry, signal);
        }

        return found;
    }

    /// <summary>
    /// The number may be another process's by now: hold it first, then look whether it still has the parent that was seen.
    /// </summary>
    private void Send(in Entry entry, int signal)
    {
        using Descriptor process = ProcessSignal.Open(entry.Pid);
        if (process.IsInvalid || !TryRead(entry.Pid, out Entry now))
            return;
        if (now.Parent == entry.Parent || now.Parent == _self)
            ProcessSignal.Send(process, signal);
    }

    private void MarkDescendants()
    {
        // /proc lists by rising number and children mostly have higher ones: one pass is nearly always enough, a wrapped counter takes
        // more.
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (ref Entry entry in Entries)
            {
                if (entry.Descends || !(entry.Parent == _self || ParentDescends(entry.Parent)))
                    continue;
                entry.Descends = changed = true;
            }
        }
    }

    private bool ParentDescends(int pid)
    {
        int low = 0, high = _count - 1;
        Span<Entry> entries = Entries;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (entries[middle].Pid == pid)
                return entries[middle].Descends;
            if (entries[middle].Pid < pid)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return false;
    }

    private void ReadAll()
    {
        _count = 0;
        FileCalls.Seek(_directory.Number, 0, 0);
        byte* buffer = stackalloc byte[8192];
        while (true)
        {
            nint length = ProcessCalls.SysCall(SysCallNumbers.GetDents, _directory.Number, (nint)buffer, 8192, 0, 0);
            if (length <= 0)
                return;

            // struct linux_dirent64: u64 ino, s64 off, u16 reclen, u8 type, then the name (getdents64(2)).
            for (nint at = 0; at < length; at += *(ushort*)(buffer + at + 16))
            {
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19);
                if (Utf8Parser.TryParse(name, out int pid, out int used) && used == name.Length && _count < MaxEntries && TryRead(pid, out Entry entry))
                    MemoryMarshal.Cast<byte, Entry>(_memory.Span)[_count++] = entry;
            }
        }
    }

    private bool TryRead(int pid, out Entry entry)
    {
        entry = default;
        Span<byte> path = stackalloc byte[24];
        Utf8Formatter.TryFormat(pid, path, out int length);
        "/stat\0"u8.CopyTo(path[length..]);
        int fd;
        fixed (byte* name = path)
            fd = FileCalls.OpenAt(_directory.Number, name, OpenFlags.O_CLOEXEC, 0);
        if (fd < 0)
            return false;
        Span<byte> text = stackalloc byte[512];
        int read = DescriptorIo.Read(fd, text);
        FileCalls.Close(fd);
        return read > 0 && TryParse(pid, text[..read], out entry);
    }

    /// <summary>`pid (name) state ppid pgrp …`: the name may hold anything, so the fields start behind its last parenthesis.</summary>
    private static bool TryParse(int pid, ReadOnlySpan<byte> text, out Entry entry)
    {
        entry = default;
        int fields = text.LastIndexOf((byte)')') + 4;
        if (fields < 4 || fields >= text.Length)
            return false;
        text = text[fields..];
        if (!Utf8Parser.TryParse(text, out int parent, out int used) || used + 1 >= text.Length)
            return false;
        if (!Utf8Parser.TryParse(text[(used + 1)..], out int group, out _))
            return false;
        entry = new Entry { Pid = pid, Parent = parent, Group = group };
        return true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        internal int Pid;
        internal int Parent;
        internal int Group;
        internal bool Descends;
    }
}
