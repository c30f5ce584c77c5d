using Vitrine.Linux.Namespaces;

namespace Vitrine.Linux.Tests.Namespaces;

public sealed class NamespaceThreadTests
{
    /// <summary>
    /// The pool starts a worker, when none is idle, on the thread that hands it work, and the worker inherits that thread's namespaces. So no work may be
    /// handed over from inside: a scheduler sees on which thread a completion queues what follows it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_Completion_HandsWorkOverFromOutside(bool throwing)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("MOUNT NAMESPACES ARE NOT TESTED: root is needed");
        using NamespaceThread thread = await NamespaceThread.StartAsync("test-stage");

        // The control: the thread itself is elsewhere.
        Assert.True(NamespaceThread.IsOutside());
        Assert.False(await thread.RunAsync(NamespaceThread.IsOutside));
        using var hold = new ManualResetEventSlim();
        var scheduler = new WitnessScheduler();
        Task<bool> work = thread.RunAsync(() => hold.Wait(TimeSpan.FromSeconds(10)) && (throwing ? throw new InvalidOperationException("as asked") : true));
        Task followed = work.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, scheduler);
        hold.Set();
        await followed;
        Assert.Equal(throwing, work.IsFaulted);
        Assert.True(scheduler.QueuedFromOutside);
    }

    private sealed class WitnessScheduler : TaskScheduler
    {
        public bool? QueuedFromOutside { get; private set; }

        protected override void QueueTask(Task task)
        {
            QueuedFromOutside = NamespaceThread.IsOutside();
            TryExecuteTask(task);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
