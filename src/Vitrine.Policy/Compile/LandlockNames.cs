namespace Vitrine.Policy.Compile;

/// <summary>Names of the bits of LANDLOCK_ACCESS_FS_* (landlock(7)), in their order.</summary>
internal static class LandlockNames
{
    private static readonly string[] s_names =
    [
        "execute", "write_file", "read_file", "read_dir", "remove_dir", "remove_file", "make_char", "make_dir", "make_reg", "make_sock", "make_fifo",
        "make_block", "make_sym", "refer", "truncate", "ioctl_dev",
    ];

    public static string Of(ulong access) => string.Join(',', s_names.Where((_, bit) => (access & (1UL << bit)) != 0));
}
