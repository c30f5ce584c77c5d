using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation.Mounts;

namespace Vitrine.Policy.Planning;

/// <summary>Finds the root file system.</summary>
internal static class ImagePlanner
{
    public const string Host = "host";

    public static ImagePlan Plan(PlanContext context)
    {
        string path = context.Request.Image is null ? "image" : "request.image";
        string image = context.Request.Image ?? context.Policy.Image;
        if (context.Request.Image is not null && !string.Equals(image, context.Policy.Image, StringComparison.Ordinal))
            context.RefuseWidening(path, "names another image");
        if (string.Equals(image, Host, StringComparison.Ordinal)) return new ImagePlan(ImageKind.Host, "");

        if (SourcePath.Absolute(context, image, out string absolute) is { } error)
        {
            context.Error("image-path", path, $"the image '{Printable.Of(image)}' {error}",
                "Write `host`, an absolute directory, or one that starts with ./");
            return new ImagePlan(ImageKind.Directory, "");
        }

        HostPath real = context.Host.ResolvePath(absolute);
        if (real.Kind != HostPathKind.Directory)
        {
            (string what, string hint) = real.Kind == HostPathKind.Missing
                ? (real.Error ?? "does not exist", "Write the directory of a root file system, or `host`")
                : ("is no directory", "A TAR is unpacked first: give it with `vitrine run --image FILE.tar`");
            context.Error("image-missing", path, $"the image '{Printable.Of(absolute)}' {what}", hint);
        }
        else if (MountJudge.JudgeImage(context.Host, absolute, real) is { } verdict)
        {
            context.Error(verdict.Code, path, $"the image '{Printable.Of(absolute)}' is refused: {verdict.Reason}", verdict.WayOut);
        }

        return new ImagePlan(ImageKind.Directory, real.RealPath);
    }
}
