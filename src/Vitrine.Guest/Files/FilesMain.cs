namespace Vitrine.Guest.Files;

internal static class FilesMain
{
    internal static int Run() => 38;
}
