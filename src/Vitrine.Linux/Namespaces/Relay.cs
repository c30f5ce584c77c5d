using System.Collections.Concurrent;

namespace Vitrine.Linux.Namespaces;

/// <summary>
/// A thread of the host's namespaces that completes tasks for threads that have left them. A new thread inherits the namespaces of the thread that starts
/// it (clone(2)), and the thread pool starts its workers from whoever hands it work: completing a task on a namespace thread would sooner or later put
/// pool threads into that namespace, where paths mean something else.
/// </summary>
internal static class Relay
{
    private static readonly BlockingCollection<Action> s_work = [];
    private static readonly Lazy<Thread> s_thread = new(static () =>
    {
        var thread = new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "vitrine-relay" };
        thread.Start();
        return thread;
    });

    /// <summary>Starts the thread, if it is not there, from the calling one: which must be in the host's namespaces.</summary>
    public static void Start() => _ = s_thread.Value;

    /// <summary>Has the thread do something; the caller does not touch the thread pool.</summary>
    public static void Post(Action action) => s_work.Add(action);

    private static void Loop()
    {
        foreach (Action action in s_work.GetConsumingEnumerable())
            action();
    }
}
