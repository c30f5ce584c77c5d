namespace Vitrine.Linux.Sandboxing;

/// <summary>
/// Where the preparation of a child failed. The order is the order in which it is done, and why is in <see cref="ChildLauncher"/>.
/// </summary>
public enum LaunchStep
{
    /// <summary>Nowhere: the program runs.</summary>
    None = 0,

    /// <summary>No process could be made (clone(2)): the process limit, or memory.</summary>
    Clone,

    /// <summary>Standard streams.</summary>
    Streams,

    /// <summary>The controlling terminal.</summary>
    Terminal,

    /// <summary>A resource limit.</summary>
    Limits,

    /// <summary>The capability bounding set.</summary>
    Bounding,

    /// <summary>Groups, group id, user id.</summary>
    Identity,

    /// <summary>Capabilities.</summary>
    Capabilities,

    /// <summary>no_new_privs.</summary>
    NoNewPrivileges,

    /// <summary>The working directory.</summary>
    Directory,

    /// <summary>The system call filter.</summary>
    Filter,

    /// <summary>The program itself.</summary>
    Execute,
}
