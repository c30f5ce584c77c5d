using System.Globalization;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Network;

/// <summary>Sets up the network namespace of a sandbox from the host.</summary>
public static partial class SandboxNetwork
{
    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>
    /// Seconds that the namespace remembers ended connections: the kernel's 10 and 120 would let a program that connects in a loop fill the host's
    /// memory with them, charged to nobody.
    /// </summary>
    private static readonly (string Name, string Seconds)[] s_memory =
    [
        ("nf_conntrack_tcp_timeout_close", "1"), ("nf_conntrack_tcp_timeout_time_wait", "1"),
    ];

    /// <summary>
    /// Brings lo up with 198.18.0.1/32, and with a way out the default route and the rules that lead every TCP connection to the guest. To be called once, from a
    /// thread that is no thread-pool thread: for some tens of microseconds it is in the sandbox's network namespace.
    /// </summary>
    /// <param name="process">A process of the sandbox.</param>
    /// <param name="wayOut">Whether there is a way out.</param>
    /// <exception cref="LinuxException">The kernel lacks nf_tables or NAT for it, or the process is gone.</exception>
    public static void Prepare(ProcessDescriptor process, bool wayOut)
    {
        ArgumentNullException.ThrowIfNull(process);
        (NetlinkSocket route, NetlinkSocket? netfilter) = OpenIn(process, wayOut);
        using (route)
        using (netfilter)
        {
            (NetlinkBatch requests, uint last) = LoopbackSetup.Requests(wayOut);
            route.Do(requests, last);
            if (netfilter is null)
                return;
            (requests, last) = WayOutRules.Requests();
            netfilter.Do(requests, last);
        }
    }

    private static (NetlinkSocket Route, NetlinkSocket? Netfilter) OpenIn(ProcessDescriptor process, bool wayOut)
    {
        using Descriptor own = DescriptorIo.Open("/proc/thread-self/ns/net", FileAccess.Read, out int errno);
        if (own.IsInvalid)
            throw new LinuxException("open", "/proc/thread-self/ns/net", errno);
        if (setns(process.Handle.DangerousGetHandle().ToInt32(), CLONE_NEWNET) < 0)
            throw LinuxException.Last("setns", process.Pid.ToString(CultureInfo.InvariantCulture));
        NetlinkSocket? route = null;
        try
        {
            route = NetlinkSocket.Open(NetlinkSocket.Route);
            if (!wayOut)
                return (route, null);
            NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkSocket.Netfilter);
            foreach ((string name, string seconds) in s_memory)
                Write("/proc/sys/net/netfilter/" + name, seconds);
            return (route, netfilter);
        }
        catch (LinuxException)
        {
            route?.Dispose();
            throw;
        }
        finally
        {
            // What would run here from now on must not do so in a sandbox's namespace.
            if (setns(own.Number, CLONE_NEWNET) < 0)
                Environment.FailFast("a thread could not return from a sandbox's network namespace: " + LinuxException.Last("setns", "own").Message);
        }
    }

    /// <summary>Of the calling thread's network namespace. Where the file is not there or read-only, the kernel's default stays: memory, not a hole.</summary>
    private static void Write(string path, string value)
    {
        using Descriptor file = DescriptorIo.Open(path, FileAccess.Write, out _);
        if (!file.IsInvalid)
            _ = DescriptorIo.WriteAll(file.Number, System.Text.Encoding.ASCII.GetBytes(value));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int kind);
}
