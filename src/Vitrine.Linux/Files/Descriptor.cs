using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>An open file descriptor, closed once. Every one made here is close-on-exec.</summary>
public sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over <paramref name="number"/>; −1 for none.</summary>
    public Descriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>The number, for as long as this object is not disposed; −1 for none.</summary>
    public int Number => (int)DangerousGetHandle();

    /// <summary>Gives the number away: this object no longer closes it.</summary>
    public int Release()
    {
        int number = Number;
        SetHandleAsInvalid();
        return number;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => FileCalls.Close((int)handle) == 0;
}
