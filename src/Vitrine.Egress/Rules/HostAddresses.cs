using System.Net;
using System.Net.NetworkInformation;

namespace Vitrine.Egress.Rules;

/// <summary>
/// Addresses of this machine's interfaces, read again once they are two seconds old: an address may come at any time. One that came since
/// is found out by its dialler: a connection to oneself has the same address at both ends.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="read">Reads the addresses; null for those of this machine's interfaces.</param>
internal sealed class HostAddresses(TimeProvider clock, Func<IEnumerable<IPAddress>>? read = null)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private HashSet<IPAddress> _addresses = [];
    private long _read;

    /// <summary>Whether an address is one of them.</summary>
    public bool Contains(IPAddress address)
    {
        lock (_gate)
        {
            if (_read == 0 || clock.GetElapsedTime(_read) > Freshness)
            {
                _addresses = [.. (read ?? Read)().Select(Plain)];
                _read = clock.GetTimestamp();
            }

            return _addresses.Contains(Plain(address));
        }
    }

    private static IEnumerable<IPAddress> Read() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
        .Select(static one => one.Address);

    // A link-local address carries the number of its link, which is not part of what is compared.
    private static IPAddress Plain(IPAddress address) => new(address.GetAddressBytes());
}
