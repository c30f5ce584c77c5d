using System.Globalization;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>The errors the filters answer with: asm-generic/errno.h, the same on x86-64 and arm64.</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int EINVAL = 22;
    public const int ENOSYS = 38;
    public const int EPROTONOSUPPORT = 93;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;

    public static string NameOf(int errno) => errno switch
    {
        EPERM => nameof(EPERM),
        EINVAL => nameof(EINVAL),
        ENOSYS => nameof(ENOSYS),
        EPROTONOSUPPORT => nameof(EPROTONOSUPPORT),
        EOPNOTSUPP => nameof(EOPNOTSUPP),
        EAFNOSUPPORT => nameof(EAFNOSUPPORT),
        _ => "errno " + errno.ToString(CultureInfo.InvariantCulture),
    };
}
