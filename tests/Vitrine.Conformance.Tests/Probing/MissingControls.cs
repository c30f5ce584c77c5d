namespace Vitrine.Conformance.Tests.Probing;

/// <summary>
/// Attempts that cannot be shown to succeed on every kernel this suite runs on. Such an attempt inside proves less: at most five, each with its reason.
/// </summary>
internal static class MissingControls
{
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["33_kernel_interfaces.py/load-code-or-take-ports"] = "A kernel without modules, kexec and port access (CONFIG_MODULES, CONFIG_KEXEC, CONFIG_X86_IOPL_IOPERM) answers ENOSYS to root.",
        ["36_foreign_abis.py/x32-getpid"] = "Most kernels are built without CONFIG_X86_X32_ABI and answer ENOSYS to root.",
    };
}
