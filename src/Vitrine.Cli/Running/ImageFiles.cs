using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Engine;
using Vitrine.Engine.Images;

namespace Vitrine.Cli.Running;

/// <summary>An image that is a file is a TAR: it is unpacked once, inside a sandbox, and its directory used from then on.</summary>
internal static class ImageFiles
{
    /// <summary>The arguments with a directory where a TAR was named; as they were otherwise.</summary>
    public static async Task<SandboxArguments> UnpackAsync(CliConsole console, SandboxArguments arguments, LazyEngine engines,
        CancellationToken cancellationToken)
    {
        if (arguments.Image is not { } image || !File.Exists(image))
            return arguments;
        SandboxEngine engine = await engines.OpenAsync(cancellationToken).ConfigureAwait(false);
        var unpacking = new SandboxArguments { User = "root", Quiet = true };
        var store = new ImageStore(engine, LazyEngine.ImageDirectory, Planning.Plan(console, unpacking), TimeProvider.System);
        if (!arguments.Quiet && console.ErrorIsTerminal)
            console.Say($"looking at {image}; an image that is new here is unpacked first, which takes a while");
        string directory = await store.UnpackAsync(Path.GetFullPath(image), cancellationToken).ConfigureAwait(false);
        return arguments with { Image = directory };
    }
}
