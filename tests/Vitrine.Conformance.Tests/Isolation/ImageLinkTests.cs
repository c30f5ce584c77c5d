using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Isolation;

/// <summary>
/// Probe 39: an image whose /dev, /dev/null, /dev/pts, /proc, /sys, /run or mount points are links to a directory of the host (CVE-2025-31133, CVE-2025-52565).
/// </summary>
public abstract class ImageLinkTests<TEngine>(TEngine engine) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    private const string Program = """
        #include <dirent.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>
        int main(void) {
            struct stat null, own;
            if (stat("/dev/null", &null) != 0 || !S_ISCHR(null.st_mode)) { puts("null is no device"); return 1; }
            if (open("/proc/sysrq-trigger", O_WRONLY) >= 0 && stat("/proc/sysrq-trigger", &own) == 0 && !S_ISCHR(own.st_mode)) { puts("sysrq opens"); return 2; }
            if (stat("/proc/self/status", &own) != 0) { puts("no proc"); return 3; }
            if (stat("/canary", &own) == 0) { puts("canary at the root"); return 4; }
            int fd = open("/workspace/out", O_CREAT | O_WRONLY, 0644);
            if (fd < 0) { puts("no workspace"); return 5; }
            puts("sound");
            return 0;
        }
        """;

    public static TheoryData<string> Links => ["dev", "proc", "sys", "run", "workspace", "tmp", "home", "home/user", "etc", ".vitrine", "dev/null", "dev/pts", "dev/shm", "proc/sysrq-trigger"];

    [Theory]
    [MemberData(nameof(Links))]
    public async Task CreateAsync_WithALinkToTheHostInTheImage_LeavesTheHostAloneAndTheSandboxSound(string link)
    {
        SandboxEngine opened = await engine.OpenAsync();
        using var space = new TestSpace();
        string target = space.MakeDirectory("host-target");
        await File.WriteAllTextAsync(Path.Combine(target, "canary"), "untouched", TestContext.Current.CancellationToken);
        string image = await BuildImageAsync(space, link, target);

        // The control: on the host the link leads to the canary.
        Assert.Equal("untouched", await File.ReadAllTextAsync(Path.Combine(image, link, "canary"), TestContext.Current.CancellationToken));

        await using Sandbox sandbox = await opened.CreateAsync(Plans.Of($"image: {image}"), TestContext.Current.CancellationToken);
        InsideResult result = await sandbox.RunAsync("/probe");
        Assert.True(result is { Outcome.ExitCode: 0, Output: "sound\n" }, result.ToString());
        Assert.Equal(["canary"], Directory.GetFileSystemEntries(target).Select(p => Path.GetFileName(p)!));
        Assert.DoesNotContain(target, await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<string> BuildImageAsync(TestSpace space, string link, string target)
    {
        string image = space.MakeDirectory("image");
        string source = Path.Combine(space.Scratch, "probe.c");
        await File.WriteAllTextAsync(source, Program);
        HostResult built = await HostCommand.RunAsync(["/usr/bin/gcc", "-static", "-O1", "-o", Path.Combine(image, "probe"), source]);
        Assert.True(built.ExitCode == 0, built.ToString());
        string path = Path.Combine(image, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateSymbolicLink(path, target);
        return image;
    }
}

public sealed class CrunImageLinkTests(CrunEngine engine) : ImageLinkTests<CrunEngine>(engine);

public sealed class RuncImageLinkTests(RuncEngine engine) : ImageLinkTests<RuncEngine>(engine);
