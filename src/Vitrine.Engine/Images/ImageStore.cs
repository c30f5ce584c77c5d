using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Compile;
using Vitrine.Policy.Compile.Landlock;
using Vitrine.Policy.Compile.Seccomp;
using Vitrine.Policy.Plans;

namespace Vitrine.Engine.Images;

/// <summary>
/// Root file systems unpacked from TAR files, each in a directory named by the SHA-256 of its TAR. A TAR is hostile: tar(1) runs inside a sandbox that
/// sees the archive read-only and one empty directory, so what a path in it can reach is that directory.
/// </summary>
/// <param name="engine">Makes the sandbox that unpacks.</param>
/// <param name="directory">Where the images are; made if missing, readable by its owner alone.</param>
/// <param name="unpackPlan">The plan of that sandbox: the default policy with user root; mounts are added here.</param>
/// <param name="clock">The clock.</param>
public sealed class ImageStore(SandboxEngine engine, string directory, SandboxPlan unpackPlan, TimeProvider clock)
{
    /// <summary>Most bytes an image may take on the host's disk: 16 GiB.</summary>
    public const long MaxImageBytes = 16L * 1024 * 1024 * 1024;

    private const string StagingPrefix = ".staging-";
    private static readonly TimeSpan SpaceCheckInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns the directory of the image, unpacking it first where it is new.</summary>
    /// <param name="tarPath">A TAR of a root file system (as `docker export` writes it), plain or compressed as tar(1) can read it.</param>
    /// <param name="cancellationToken">Gives up; nothing half-made stays.</param>
    /// <exception cref="EngineException">`image-missing`, `image-unreadable` or `image-too-large`.</exception>
    public async Task<string> UnpackAsync(string tarPath, CancellationToken cancellationToken)
    {
        string digest = await DigestAsync(tarPath, cancellationToken).ConfigureAwait(false);
        string final = Path.Combine(directory, digest);
        if (Directory.Exists(final))
            return final;

        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using FileStream held = await LockAsync(cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(final))
            return final;
        RemoveStale();
        string staging = Path.Combine(directory, StagingPrefix + digest);
        Directory.CreateDirectory(staging);
        try
        {
            await UnpackIntoAsync(Path.GetFullPath(tarPath), staging, cancellationToken).ConfigureAwait(false);
            Directory.Move(staging, final);
            return final;
        }
        catch
        {
            Directory.Delete(staging, recursive: true);
            throw;
        }
    }

    private static async Task<string> DigestAsync(string tarPath, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream tar = File.OpenRead(tarPath);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(tar, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("image-missing", $"The image `{tarPath}` cannot be read: {e.Message} Name a TAR of a root file system, a directory, or `host`.", e);
        }
    }

    private async Task UnpackIntoAsync(string tarPath, string staging, CancellationToken cancellationToken)
    {
        SandboxPlan plan = PlanOf(RealPath(tarPath), RealPath(staging));
        await using Sandbox sandbox = await engine.CreateAsync(plan, cancellationToken).ConfigureAwait(false);
        await using SandboxCommand tar = await sandbox.StartAsync(
            new CommandSpec
            {
                // No owner and no set-id bit of the archive's survives: both would be the host's business. Devices cannot be made inside, so /dev is left out.
                Arguments =
                [
                    "tar", "--extract", "--file=/archive.tar", "--directory=/image", "--no-same-owner", "--no-same-permissions",
                    "--delay-directory-restore",
                    "--anchored", "--exclude=dev/*", "--exclude=./dev/*",
                ],
            },
            cancellationToken).ConfigureAwait(false);
        using var words = new MemoryStream();
        Task output = tar.Output.CopyToAsync(Stream.Null, cancellationToken);
        Task error = CopyStartAsync(tar.Error, words, cancellationToken);
        CommandOutcome outcome = await GuardSpaceAsync(sandbox, tar, staging, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(output, error).ConfigureAwait(false);
        if (outcome.ExitCode != 0 || !Directory.EnumerateFileSystemEntries(staging).Any())
            throw new EngineException("image-unreadable", $"The image `{tarPath}` could not be unpacked ({outcome.Reason.ToName()}, tar exited with {outcome.ExitCode}): {Printable(words)} Give a TAR of one root file system, as `docker export` writes it.");
        if (File.Exists(Path.Combine(staging, "manifest.json")) && !Directory.Exists(Path.Combine(staging, "usr")))
            throw new EngineException("image-unreadable", $"The image `{tarPath}` is an archive of layers, as `docker save` writes it; give one of a root file system, as `docker export` writes it.");
    }

    /// <summary>The unpacking sandbox: the given plan with the two mounts, and the layers that depend on mounts compiled again.</summary>
    private SandboxPlan PlanOf(string tarPath, string staging)
    {
        MountPlan[] mounts =
        [
            new MountPlan(tarPath, "/archive.tar", ReadOnly: true, Executable: false, MapRootOwner: false, Masks: []),
            new MountPlan(staging, "/image", ReadOnly: false, Executable: false, MapRootOwner: true, Masks: []),
        ];
        SandboxPlan plan = unpackPlan with
        {
            Mounts = mounts,
            Seccomp = SeccompCompiler.Compile(new SeccompRequest
            {
                Architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? CpuArchitecture.Arm64 : CpuArchitecture.X64,
                RefuseSetIdBits = true,
            }),
            Landlock = LandlockCompiler.Compile(unpackPlan.Root, unpackPlan.Tmpfs, mounts),
        };
        return plan with { Digest = PlanDigest.Of(plan) };
    }

    private async Task<CommandOutcome> GuardSpaceAsync(Sandbox sandbox, SandboxCommand tar, string staging, CancellationToken cancellationToken)
    {
        var disk = new DriveInfo(staging);
        long free = disk.AvailableFreeSpace;
        while (!tar.Completion.IsCompleted)
        {
            await Task.WhenAny(tar.Completion, Task.Delay(SpaceCheckInterval, clock, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (free - disk.AvailableFreeSpace <= MaxImageBytes)
                continue;
            await sandbox.DestroyAsync(EndReason.Cancelled).ConfigureAwait(false);
            throw new EngineException("image-too-large", $"The image takes more than {MaxImageBytes} bytes unpacked; make it smaller, or give it as a directory.");
        }

        return await tar.Completion.ConfigureAwait(false);
    }

    private static async Task CopyStartAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        const int enough = 2048;
        byte[] buffer = new byte[4096];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            to.Write(buffer, 0, (int)Math.Min(read, Math.Max(0, enough - to.Length)));
    }

    /// <summary>What a hostile archive made tar say, fit for a terminal and a log.</summary>
    private static string Printable(MemoryStream words)
    {
        string text = System.Text.Encoding.UTF8.GetString(words.ToArray()).Trim();
        return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
    }

    private static string RealPath(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, ".lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another process unpacks.
                await Task.Delay(SpaceCheckInterval, clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void RemoveStale()
    {
        foreach (string left in Directory.EnumerateDirectories(directory, StagingPrefix + "*"))
            Directory.Delete(left, recursive: true);
    }
}
