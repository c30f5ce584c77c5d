using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Processes;
using Vitrine.Linux.Sockets;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Checking;
using Vitrine.Runtimes.Oci.Configuration;
using Vitrine.Runtimes.Oci.Identity;
using Vitrine.Runtimes.Oci.Rootless;
using Vitrine.Runtimes.Oci.Staging;

namespace Vitrine.Runtimes.Oci;

/// <summary>
/// One sandbox on its way: 1. sources judged and cloned, 2. root built, 3. runtime run, 4. network set up, mounts and layers checked on the live guest, 5. handed over.
/// Until the last step nothing of the stranger runs; whatever fails before is undone as a whole.
/// </summary>
internal sealed class SandboxStart(OciParts parts, StageWorker worker, HostIdRange range, RuntimeRequest request)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ControlGroup _cgroup = new(parts.Hierarchies, $"{parts.CgroupName}/{parts.Mark.GroupPrefix}{request.Id}");
    private readonly string _directory = $"{worker.Stage}/{request.Id}";
    private readonly IdMap _ids = range.MapFor(request.Plan);
    private SandboxPlan Plan => request.Plan;

    private bool _built;
    private ProcessDescriptor? _guest;
    private SafeFileHandle? _wire;

    /// <summary>Does it all.</summary>
    public async Task<OciSandbox> RunAsync(Action<OciSandbox> removed, CancellationToken cancellationToken)
    {
        using RootMaterial material = await RootMaterial.OpenAsync(Plan, parts.Host, range, cancellationToken).ConfigureAwait(false);
        (SafeFileHandle ours, SafeFileHandle theirs) = SocketPair.Create();
        _wire = ours;
        var errors = new Pipe();
        BoundedText said;
        using (theirs)
        {
            ChildProcess runtime;
            try
            {
                runtime = await worker.RunAsync(() => BuildAndStart(material, theirs, errors)).ConfigureAwait(false);
            }
            catch (LinuxException e)
            {
                errors.Dispose();
                throw new RuntimeException("mount-failed", $"The root of the sandbox could not be built: {e.Message}. `vitrine doctor` says what this kernel lacks.", e);
            }
            catch
            {
                errors.Dispose();
                throw;
            }

            errors.Writer.Dispose();
            said = new BoundedText(errors);
            using (runtime)
                await FinishAsync(runtime, said, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<LayerReport> layers = Check(material);
        await worker.RunAsync(Unstage).ConfigureAwait(false);
        var socket = new Socket(new SafeSocketHandle(_wire.DangerousGetHandle(), ownsHandle: true));
        _wire.SetHandleAsInvalid();
        _wire = null;
        var sandbox = new OciSandbox(request.Id, new NetworkStream(socket, ownsSocket: true), _guest!, _cgroup, layers, Forget);
        _guest = null;
        return sandbox;

        void Forget(OciSandbox gone)
        {
            if (range.IsShared)
                parts.Mark.Guests.Remove(request.Id);
            removed(gone);
        }
    }

    /// <summary>Takes back what was done until a failure.</summary>
    public async Task UndoAsync()
    {
        _wire?.Dispose();
        long start = TimeProvider.System.GetTimestamp();
        while (!_cgroup.Kill() && TimeProvider.System.GetElapsedTime(start) < Patience)
            await Task.Delay(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
        if (_guest is not null)
        {
            _guest.Signal(Signals.SIGKILL);
            await _guest.WaitAsync().ConfigureAwait(false);
            _guest.Reap();
            _guest.Dispose();
        }

        if (range.IsShared)
            parts.Mark.Guests.Remove(request.Id);
        await OciSandbox.RemoveGroupAsync(_cgroup, request.Id).ConfigureAwait(false);
        await worker.RunAsync(Unstage).ConfigureAwait(false);
    }

    /// <summary>On the worker's thread: the child inherits its mount namespace.</summary>
    private ChildProcess BuildAndStart(RootMaterial material, SafeFileHandle wire, Pipe errors)
    {
        _built = true;
        byte[] config = OciConfig.Write(new OciConfigInput
        {
            Plan = Plan,
            Ids = _ids,
            Stage = _directory,
            Devices = worker.Devices,
            BoundDevices = [.. worker.BoundDevices],
            CgroupsPath = range.IsShared ? null : "/" + _cgroup.Path,
            CompiledFilter = parts.Binary.TakesCompiledFilter,
            Host = parts.Limits,
        });
        ExtraFiles files = ExtraFiles.Of(request.Files, Plan, [.. material.HostDirectories.Select(static d => "/" + d.Path)]);
        new RootBuilder(Plan, material, files, worker.Stage, _directory, _ids).Build(config);
        string[] arguments = ["--root", _directory + "/runtime", "run", "--detach", "--pid-file", _directory + "/pid", "--bundle", _directory, request.Id];
        if (range.IsShared && parts.Binary.Name == "crun")
            arguments = ["--cgroup-manager=disabled", .. arguments];
        bool enters = range.IsShared && parts.Hierarchies.Count > 0;
        if (enters)
            DelegatedGroup.Make(_cgroup, Plan.Limits, parts.Limits);
        return ChildProcess.Start(new ChildStart
        {
            Path = enters ? "/bin/sh" : parts.Binary.Path,
            Arguments = enters ? DelegatedGroup.Enter(_cgroup, [parts.Binary.Path, .. arguments]) : [parts.Binary.Name, .. arguments],
            Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "XDG_RUNTIME_DIR=" + _directory],

            // The last is the owner's mark: held until the runtime ends, it tells the keeper that no new group can appear (OwnerMark).
            Descriptors = [wire, wire, errors.Writer, parts.Mark.Lock],
            WorkingDirectory = "/",
            NewSession = true,
        });
    }

    private async Task FinishAsync(ChildProcess runtime, BoundedText said, CancellationToken cancellationToken)
    {
        // Whoever gives up waits for the runtime's end all the same: killed half-way it would leave a process whose id nobody knows.
        int status;
        using (var patience = new CancellationTokenSource(Patience))
        {
            try
            {
                status = await runtime.WaitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // With the children it forked: one that lives on would write to a stage that is being cleared away.
                runtime.SignalGroup(Signals.SIGKILL);
                await runtime.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                throw new RuntimeException("runtime-failed",
                    $"{parts.Binary.Path} did not start the sandbox within {Patience.TotalSeconds} s: {await said.SettledAsync().ConfigureAwait(false)}. Is the host overloaded?");
            }
        }

        if (status != 0)
        {
            throw new RuntimeException("runtime-failed",
                $"{parts.Binary.Path} could not start the sandbox (exit {status}): {await said.SettledAsync().ConfigureAwait(false)}. `vitrine doctor` says what this host lacks.");
        }

        int pid = await worker.RunAsync(() => int.Parse(File.ReadAllText(_directory + "/pid"), CultureInfo.InvariantCulture)).ConfigureAwait(false);

        try
        {
            // Opened first, then proven to be in our group, then proven to live: so the descriptor names the guest, not a later user of its id.
            _guest = ProcessDescriptor.Open(pid);
            if (!await IsOursAsync(pid).ConfigureAwait(false) || _guest.HasExited)
                throw new LinuxException("pidfd_open", "guest", Errno.ESRCH);
            if (range.IsShared)
                parts.Mark.Guests.Write(request.Id, pid);
            await WaitForGuestAsync(pid, said).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _guest?.Dispose();
            _guest = null;
            throw new RuntimeException("guest-failed", $"The guest ended at once: {await said.SettledAsync().ConfigureAwait(false)}. Is the guest program a static binary for this machine?", e);
        }

        await Network.PrepareAsync(worker, _guest, Plan.Egress is not null).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// A detached runtime ends when it has told its child to go on. The child then loads the filter and executes the guest: only the name of the guest's
    /// program (proc_pid_comm(5)) says that what is read of the process is what the stranger will meet.
    /// </summary>
    private async Task WaitForGuestAsync(int pid, BoundedText said)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/comm");
        string program = GuestIdentity.Path[(GuestIdentity.Path.LastIndexOf('/') + 1)..];
        long start = TimeProvider.System.GetTimestamp();
        while (!_guest!.HasExited && (await File.ReadAllTextAsync(name, CancellationToken.None).ConfigureAwait(false)).TrimEnd('\n') != program)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new RuntimeException("guest-failed",
                    $"{parts.Binary.Path} did not execute the guest within {Patience.TotalSeconds} s: {await said.SettledAsync().ConfigureAwait(false)}. Is the host overloaded?");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>In our group; where there are no groups, our own child: orphans of the runtime come to us (PR_SET_CHILD_SUBREAPER).</summary>
    private async Task<bool> IsOursAsync(int pid)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        if (parts.Hierarchies.Count > 0)
            return (await File.ReadAllTextAsync(process + "/cgroup", CancellationToken.None).ConfigureAwait(false)).Contains("/" + _cgroup.Path, StringComparison.Ordinal);
        string status = await File.ReadAllTextAsync(process + "/status", CancellationToken.None).ConfigureAwait(false);
        return ProcessStatus.Field(status, "PPid") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    }

    private List<LayerReport> Check(RootMaterial material)
    {
        IReadOnlyList<MountEntry> mounts;
        var layers = new List<LayerReport>();
        try
        {
            mounts = MountEntry.Read(_guest!.Pid);
            IReadOnlyList<string> differences = ExpectedMounts.Compare(Plan,
                ExpectedMounts.Of(Plan, [.. material.HostDirectories.Select(static d => d.Path)], i => material.Mounts[i].IsDirectory, worker.BoundDevices.Select(static d => d.Name)), mounts);
            if (differences.Count > 0)
            {
                throw new RuntimeException("mounts-differ",
                    $"The sandbox's mounts are not as planned, so it was ended before anything ran: {string.Join("; ", differences)}. This is a fault of {parts.Binary.Name} {parts.Binary.Version} or of Vitrine: please report it.");
            }

            layers.AddRange(new LayerCheck(Plan, _guest.Pid, _cgroup, parts.Limits).Run(_ids, material.ImageMapped, mounts));
        }
        catch (IOException e) when (_guest!.HasExited)
        {
            throw new RuntimeException("guest-failed", "The guest ended before it could be checked. Is the guest program a static binary for this machine?", e);
        }

        foreach (LayerReport layer in layers)
        {
            if (Plan.RequiredLayers.Contains(layer.Layer) && layer.Status != LayerStatus.Enforced)
            {
                throw new RuntimeException("layer-required",
                    $"The policy requires the layer {LayerNames.Of(layer.Layer)}, which does not hold here: {layer.Detail}. Use a host or a runtime that has it, or take it out of the required layers.");
            }
        }

        return layers;
    }

    private void Unstage()
    {
        if (!_built || !Directory.Exists(_directory))
            return;
        _built = false;
        try
        {
            MountPoint.Detach(_directory);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            // Nothing was mounted yet.
        }

        Directory.Delete(_directory);
    }
}
