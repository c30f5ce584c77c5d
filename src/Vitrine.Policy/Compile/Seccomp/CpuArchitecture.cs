namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>An architecture that filters are compiled for. Both are 64-bit and little-endian.</summary>
public enum CpuArchitecture
{
    /// <summary>x86-64; i386 and x32 programs are killed.</summary>
    X64,

    /// <summary>AArch64; 32-bit ARM programs are killed.</summary>
    Arm64,
}
