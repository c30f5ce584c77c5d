using Vitrine.Linux;
using Vitrine.Linux.Network;
using Vitrine.Linux.Processes;
using Vitrine.Runtimes.Oci.Staging;

namespace Vitrine.Runtimes.Oci;

/// <summary>Sets up the network namespace of a sandbox whose guest waits for its hello.</summary>
internal static class Network
{
    /// <summary>Sets it up, on the worker's thread: it blocks.</summary>
    /// <exception cref="RuntimeException">`network-unavailable`: the kernel lacks what a way out needs. `guest-failed`: the guest is gone.</exception>
    public static async Task PrepareAsync(StageWorker worker, ProcessDescriptor guest, bool wayOut)
    {
        try
        {
            await worker.RunAsync(() => SandboxNetwork.Prepare(guest, wayOut)).ConfigureAwait(false);
        }
        catch (LinuxException e)
        {
            throw Explain(e, guest.HasExited);
        }
    }

    /// <summary>What a person can do about it.</summary>
    internal static RuntimeException Explain(LinuxException error, bool guestIsGone)
    {
        if (guestIsGone)
            return new RuntimeException("guest-failed", "The guest ended before its network was set up. Is the guest program a static binary for this machine?", error);

        // EPROTONOSUPPORT: no nfnetlink; EOPNOTSUPP: no nf_tables; ENOENT: no such type of chain or expression.
        return error.Errno is Errno.EPROTONOSUPPORT or Errno.EOPNOTSUPP or Errno.ENOENT or Errno.EAFNOSUPPORT
            ? new RuntimeException("network-unavailable",
                $"The policy lets connections out, and this kernel cannot lead them to the gateway: {error.Message}. It needs nf_tables with connection tracking and NAT for IPv4: modprobe -a nf_tables nft_chain_nat nft_nat nft_ct (CONFIG_NF_TABLES_IPV4, CONFIG_NFT_CT, CONFIG_NFT_NAT), or remove `egress` from the policy: the sandbox then has loopback only.",
                error)
            : new RuntimeException("network-failed", $"The sandbox's network could not be set up: {error.Message}. `vitrine doctor` says what this host lacks.", error);
    }
}
