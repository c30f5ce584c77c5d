using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Tests.Cgroups;

/// <summary>Killing and removing on this host's hierarchies, and with the older means alone.</summary>
public sealed class ControlGroupTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_FrozenGroup_KillsAllAndRemoves(bool withoutVersionTwo)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("CONTROL GROUPS ARE NOT TESTED: root is needed");
        IReadOnlyList<CgroupHierarchy> hierarchies = [.. CgroupHierarchy.ReadAll().Where(h => !withoutVersionTwo || !h.Unified)];
        if (hierarchies.Count == 0 || (withoutVersionTwo && !hierarchies.Any(static h => h.Controllers.Contains("freezer"))))
            Assert.Skip("CONTROL GROUPS VERSION 1 ARE NOT TESTED: this host has no freezer hierarchy");
        var group = new ControlGroup(hierarchies, $"vitrine-linux-test-{Environment.ProcessId}-{withoutVersionTwo}");
        foreach (CgroupHierarchy hierarchy in hierarchies.Where(static h => h.Unified || h.Controllers.Contains("freezer") || h.Controllers.Contains("pids")))
            Directory.CreateDirectory($"{hierarchy.MountPoint}/{group.Path}");
        using ChildProcess child = ChildProcess.Start(new ChildStart { Path = "/bin/sleep", Arguments = ["sleep", "600"] });
        foreach (CgroupHierarchy hierarchy in hierarchies.Where(h => Directory.Exists($"{h.MountPoint}/{group.Path}")))
            await File.WriteAllTextAsync($"{hierarchy.MountPoint}/{group.Path}/cgroup.procs", $"{child.Pid}", TestContext.Current.CancellationToken);
        Assert.Equal(child.Pid, Assert.Single(group.Processes()));
        Assert.True(group.RequestFrozen(true));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        while (!group.IsFrozen)
            await Task.Delay(1, limit.Token);

        // The control: a frozen process does not die of a signal by itself where version 1 froze it; the group's own kill must do it.
        Assert.False(child.Process.HasExited);
        while (!group.Kill())
            await Task.Delay(1, limit.Token);
        Assert.Equal(137, await child.WaitAsync(limit.Token));
        while (!group.Remove())
            await Task.Delay(1, limit.Token);
        Assert.False(group.Exists);
    }

    [Fact]
    public void ReadKey_OfAFile_FindsTheWholeKeyOnly()
    {
        string directory = Directory.CreateTempSubdirectory("vitrine-cgroup-").FullName;
        File.WriteAllText(directory + "/memory.events", "low 1\noom 2\noom_kill 3\n");
        Assert.Equal(3, ControlGroup.ReadKey(directory, "memory.events", "oom_kill"));
        Assert.Equal(2, ControlGroup.ReadKey(directory, "memory.events", "oom"));
        Assert.Null(ControlGroup.ReadKey(directory, "memory.events", "max"));
        Assert.Null(ControlGroup.ReadKey(directory, "absent", "max"));
        Directory.Delete(directory, recursive: true);
    }
}
