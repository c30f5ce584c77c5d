using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Processes;

/// <summary>One thread that waits for any number of descriptors to become readable (epoll(7)): pidfds and pipes, which .NET cannot await.</summary>
public sealed partial class Reactor
{
    private static readonly Lazy<Reactor> Instance = new(static () => new Reactor());

    // struct epoll_event is packed on x86-64 only (epoll_ctl(2)).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly SafeFileHandle _epoll;
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();
    private long _lastKey;

    private Reactor()
    {
        int fd = ProcessCalls.epoll_create1(ProcessCalls.EPOLL_CLOEXEC);
        if (fd < 0)
            throw LinuxException.Last("epoll_create1", "");
        _epoll = ProcessCalls.Own(fd);
        new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "vitrine-reactor" }.Start();
    }

    /// <summary>The one of this process.</summary>
    public static Reactor Shared => Instance.Value;

    /// <summary>Completes when the descriptor is readable or at its end. One wait at a time per descriptor.</summary>
    /// <param name="descriptor">A pollable descriptor that stays open until the task ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadableAsync(SafeHandle descriptor, CancellationToken cancellationToken = default)
    {
        long key = Interlocked.Increment(ref _lastKey);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[key] = done;
        Add(descriptor, key);
        try
        {
            using CancellationTokenRegistration registration =
                cancellationToken.Register(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), done);
            await done.Task.ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(key, out _);
            Remove(descriptor);
        }
    }

    /// <summary>Whether the descriptor is readable now.</summary>
    internal static unsafe bool IsReadable(SafeHandle descriptor)
    {
        PollEntry entry = new() { Events = 1 };
        bool added = false;
        descriptor.DangerousAddRef(ref added);
        try
        {
            entry.Descriptor = (int)descriptor.DangerousGetHandle();
            return poll(&entry, 1, 0) > 0;
        }
        finally
        {
            descriptor.DangerousRelease();
        }
    }

    private unsafe void Add(SafeHandle descriptor, long key)
    {
        byte* ev = stackalloc byte[16];
        *(uint*)ev = ProcessCalls.EPOLLIN | ProcessCalls.EPOLLONESHOT;
        *(long*)(ev + DataOffset) = key;
        if (ProcessCalls.epoll_ctl(_epoll, ProcessCalls.EPOLL_CTL_ADD, descriptor, ev) < 0)
        {
            LinuxException error = LinuxException.Last("epoll_ctl", "add");
            _waiting.TryRemove(key, out _);
            throw error;
        }
    }

    private unsafe void Remove(SafeHandle descriptor)
    {
        if (!descriptor.IsClosed)
            _ = ProcessCalls.epoll_ctl(_epoll, ProcessCalls.EPOLL_CTL_DEL, descriptor, null);
    }

    private unsafe void Loop()
    {
        byte* events = stackalloc byte[64 * 16];
        while (true)
        {
            int count = ProcessCalls.epoll_wait(_epoll, events, 64, -1);
            for (int i = 0; i < count; i++)
            {
                if (_waiting.TryGetValue(*(long*)(events + (i * EventSize) + DataOffset), out TaskCompletionSource? done))
                    done.TrySetResult();
            }
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int poll(PollEntry* entries, ulong count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
