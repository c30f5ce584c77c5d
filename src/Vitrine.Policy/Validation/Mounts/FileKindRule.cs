namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Directories and regular files only.</summary>
internal static class FileKindRule
{
    public static MountVerdict? Judge(HostPath real) => real.Kind switch
    {
        HostPathKind.Socket => new("mount-socket", "it is a socket, a door to a program of the host", "Run what needs it outside"),
        HostPathKind.Fifo => new("mount-fifo", "it is a FIFO, a door to a program of the host", "Run what needs it outside"),
        HostPathKind.Device => new("mount-device", "it is a device of the host", "Devices never go in"),
        _ => null,
    };
}
