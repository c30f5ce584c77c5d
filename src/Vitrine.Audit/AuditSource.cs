namespace Vitrine.Audit;

/// <summary>Whose word an event is. A reader may rely on the host's and the kernel's; the guest's may be a lie.</summary>
public enum AuditSource
{
    /// <summary>Vitrine on the host saw or did it.</summary>
    Host,

    /// <summary>The host read it from the kernel: cgroup counters, wait status, seccomp.</summary>
    Kernel,

    /// <summary>The guest said so. Within a subverted sandbox it is what the attacker wants it to be.</summary>
    Guest,
}
