using System.Text.Json.Serialization;

namespace Vitrine.Policy.Plans;

/// <summary>The layers of the boundary. Each is reported for each sandbox, and a policy can require it by its kebab-case name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Layer>))]
public enum Layer
{
    /// <summary>A user namespace with a range of host ids of its own.</summary>
    UserNamespace,

    /// <summary>Process, mount, network, IPC, UTS and cgroup namespaces.</summary>
    Namespaces,

    /// <summary>Commands have no capability and an empty bounding set.</summary>
    Capabilities,

    /// <summary>no_new_privs.</summary>
    NoNewPrivileges,

    /// <summary>The two system call filters.</summary>
    Seccomp,

    /// <summary>One Landlock domain.</summary>
    Landlock,

    /// <summary>An AppArmor profile.</summary>
    AppArmor,

    /// <summary>An SELinux label.</summary>
    SeLinux,

    /// <summary>The root is read-only, or its writes go to a layer that is thrown away.</summary>
    ReadOnlyRoot,

    /// <summary>The image's files show the sandbox's own ids, by an ID-mapped mount.</summary>
    IdMappedImage,

    /// <summary>Kernel interfaces below /proc and /sys are covered or read-only.</summary>
    MaskedPaths,

    /// <summary>Loopback is the only network device.</summary>
    NetworkNone,

    /// <summary>Memory without swap.</summary>
    MemoryLimit,

    /// <summary>CPU time.</summary>
    CpuLimit,

    /// <summary>Process count.</summary>
    PidsLimit,

    /// <summary>Sizes of the writable places.</summary>
    DiskLimit,

    /// <summary>RLIMIT_*.</summary>
    ResourceLimits,

    /// <summary>Wall clock and idle deadlines.</summary>
    Deadlines,
}
