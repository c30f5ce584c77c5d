using System.Text;
using Vitrine.Linux;
using Vitrine.Linux.Files;

namespace Vitrine.Guest.Init;

/// <summary>Takes the wire from descriptors 0 and 1 and leaves nothing a child could inherit.</summary>
internal static class WireDescriptors
{
    /// <summary>
    /// Where the wire goes: above what a program uses, so that a mistaken number meets nothing, and below 64, the size a descriptor table starts with
    /// (NR_OPEN_DEFAULT): to make it larger in a program with threads the kernel waits for an RCU grace period, 8 ms of a start measured here.
    /// </summary>
    private const int First = 60;

    /// <summary>Moves the wire; afterwards 0 and 1 are /dev/null and all else but 2 is closed.</summary>
    /// <returns>The descriptors to read and to write, which may be the same.</returns>
    /// <exception cref="LinuxException">There is no wire, or no /dev/null.</exception>
    internal static (int Input, int Output) Take()
    {
        bool same = DescriptorIo.SameFile(0, 1);
        int input = DescriptorIo.DuplicateFrom(0, First).Release();
        int output = same ? input : DescriptorIo.DuplicateFrom(1, First).Release();
        DescriptorIo.SetNonBlocking(input);
        DescriptorIo.SetNonBlocking(output);
        using Descriptor none = DescriptorIo.Open("/dev/null", FileAccess.ReadWrite, out int errno);
        if (none.IsInvalid)
            throw new LinuxException("open", "/dev/null", errno);
        DescriptorIo.Replace(none.Number, 0);
        DescriptorIo.Replace(none.Number, 1);
        none.Dispose();

        // A launcher may have leaked descriptors of the host into the sandbox; the runtime itself holds none this early.
        DescriptorIo.CloseRange(3, First - 1);
        DescriptorIo.CloseRange((uint)Math.Max(input, output) + 1, uint.MaxValue);
        return (input, output);
    }

    /// <summary>Ends messages to the launcher's standard error: from here on all is said over the wire.</summary>
    internal static void SilenceErrors()
    {
        if (Environment.GetEnvironmentVariable("VITRINE_GUEST_DEBUG") != "1")
            DescriptorIo.Replace(0, 2);
    }

    /// <summary>Says why the guest could not even start.</summary>
    internal static void Complain(string message) => _ = DescriptorIo.WriteAll(2, Encoding.UTF8.GetBytes("vitrine-guest: " + message + "\n"));
}
