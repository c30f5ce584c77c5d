using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Network;

/// <summary>Sets up the network namespace of a sandbox from the host.</summary>
public static partial class SandboxNetwork
{
    private const int CLONE_NEWNET = 0x40000000;
    private const int StackBytes = 256 * 1024;

    /// <summary>
    /// Seconds that the namespace remembers ended connections: the kernel's 10 and 120 would let a program that connects in a loop fill the host's
    /// memory with them, charged to nobody.
    /// </summary>
    private static readonly (string Name, string Seconds)[] s_memory =
    [
        ("nf_conntrack_tcp_timeout_close", "1"), ("nf_conntrack_tcp_timeout_time_wait", "1"),
    ];

    /// <summary>
    /// Brings lo up with 198.18.0.1/32, and with a way out the default route and the rules that lead every TCP connection to the guest. To be called once. Blocks
    /// for some hundred microseconds.
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

    /// <summary>
    /// On a thread that enters the namespace and ends there: whoever is not root on the host may enter a sandbox's namespace, but not return to the host's, which is
    /// not theirs; and what ran on a thread that came back could not be sure of where it is.
    /// </summary>
    private static (NetlinkSocket Route, NetlinkSocket? Netfilter) OpenIn(ProcessDescriptor process, bool wayOut)
    {
        (NetlinkSocket Route, NetlinkSocket? Netfilter) opened = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                opened = EnterAndOpen(process, wayOut);
            }
            catch (LinuxException e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }, StackBytes)
        {
            IsBackground = true,
            Name = "vitrine-network",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return opened;
    }

    private static (NetlinkSocket Route, NetlinkSocket? Netfilter) EnterAndOpen(ProcessDescriptor process, bool wayOut)
    {
        if (setns(process.Handle.DangerousGetHandle().ToInt32(), CLONE_NEWNET) < 0)
            throw LinuxException.Last("setns", process.Pid.ToString(CultureInfo.InvariantCulture));
        NetlinkSocket route = NetlinkSocket.Open(NetlinkSocket.Route);
        if (!wayOut)
            return (route, null);
        try
        {
            NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkSocket.Netfilter);
            foreach ((string name, string seconds) in s_memory)
                Write("/proc/sys/net/netfilter/" + name, seconds);
            return (route, netfilter);
        }
        catch (LinuxException)
        {
            route.Dispose();
            throw;
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
