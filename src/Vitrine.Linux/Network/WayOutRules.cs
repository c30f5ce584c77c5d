using System.Buffers.Binary;

namespace Vitrine.Linux.Network;

/// <summary>
/// The nf_tables rules of a sandbox with a way out, in its own network namespace; nobody inside may change them (CAP_NET_ADMIN). As nft(8) would show them:
/// <code>
/// table ip vitrine {
///   chain untracked { type filter hook output priority raw; policy accept;
///     ip saddr 127.0.0.0/8 ip daddr 127.0.0.0/8 notrack accept     # servers of the sandbox's own: no connection tracking
///     meta l4proto != tcp notrack
///   }
///   chain outgoing { type nat hook output priority dstnat; policy accept;
///     ip daddr != 127.0.0.0/8 meta l4proto tcp dnat to 198.18.0.1:15001
///   }
///   chain permitted { type filter hook output priority filter; policy drop;   # a drop at output is EPERM for the sender, at once
///     ip saddr 127.0.0.0/8 ip daddr 127.0.0.0/8 accept
///     ip daddr 198.18.0.1 tcp dport 15001 accept     # redirected above
///     ip saddr 198.18.0.1 tcp sport 15001 accept     # what comes back
///     ip daddr 198.18.0.1 udp dport 53 accept
///     ip saddr 198.18.0.1 udp sport 53 accept
///   }
/// }
/// </code>
/// </summary>
internal static class WayOutRules
{
    private const string Table = "vitrine";
    private const ushort NLM_F_ACK = 4;
    private const ushort NLM_F_CREATE = 0x400;
    private const ushort NLM_F_APPEND = 0x800;
    private const ushort NFNL_MSG_BATCH_BEGIN = 16;
    private const ushort NFNL_MSG_BATCH_END = 17;
    private const ushort NFT_MSG_NEWTABLE = 0xA00; // NFNL_SUBSYS_NFTABLES << 8
    private const ushort NFT_MSG_NEWCHAIN = 0xA03;
    private const ushort NFT_MSG_NEWRULE = 0xA06;
    private const byte NFPROTO_IPV4 = 2;
    private const uint NF_INET_LOCAL_OUT = 3;
    private const uint NF_DROP = 0;
    private const uint NF_ACCEPT = 1;
    private const byte Tcp = 6;
    private const byte Udp = 17;

    // Offsets in the IPv4 header and in that of TCP or UDP.
    private const uint Source = 12;
    private const uint Destination = 16;
    private const uint SourcePort = 0;
    private const uint DestinationPort = 2;

    private static readonly byte[] s_loopback = [127];
    private static readonly byte[] s_gateway = Big(InsideAddresses.Gateway);

    /// <summary>All of it, as one transaction.</summary>
    public static (NetlinkBatch Requests, uint Last) Requests()
    {
        var batch = new NetlinkBatch();
        batch.Begin("nf_tables", NFNL_MSG_BATCH_BEGIN, 0, [0, 0, 0, 10]); // struct nfgenmsg: the subsystem's number
        batch.Begin("table", NFT_MSG_NEWTABLE, NLM_F_CREATE, [NFPROTO_IPV4, 0, 0, 0]).Text(1, Table).Network(2, 0);
        Chain(batch, "untracked", "filter", -300, NF_ACCEPT);
        Chain(batch, "outgoing", "nat", -100, NF_ACCEPT);
        Chain(batch, "permitted", "filter", 0, NF_DROP);

        Rule(batch, "untracked", static r => Verdict(Expression(Loopback(r), "notrack"), NF_ACCEPT));
        Rule(batch, "untracked", static r => Expression(Protocol(r, Tcp, equal: false), "notrack"));
        Rule(batch, "outgoing", static r => Redirect(Protocol(Field(r, Destination, s_loopback, equal: false), Tcp)));
        Rule(batch, "permitted", static r => Verdict(Loopback(r), NF_ACCEPT));
        Rule(batch, "permitted", static r => Pass(r, Destination, Tcp, DestinationPort, InsideAddresses.ConnectionPort));
        Rule(batch, "permitted", static r => Pass(r, Source, Tcp, SourcePort, InsideAddresses.ConnectionPort));
        Rule(batch, "permitted", static r => Pass(r, Destination, Udp, DestinationPort, InsideAddresses.QuestionPort));

        // Errors are told for every request, success for the last alone; nothing holds before the end of the batch.
        Rule(batch, "permitted", static r => Pass(r, Source, Udp, SourcePort, InsideAddresses.QuestionPort), NLM_F_ACK);
        batch.Begin("nf_tables", NFNL_MSG_BATCH_END, 0, [0, 0, 0, 10]);
        return (batch, LastRule);
    }

    private const uint LastRule = 12;

    private static void Chain(NetlinkBatch batch, string name, string type, int priority, uint policy) =>
        batch.Begin($"chain {name} of type {type}", NFT_MSG_NEWCHAIN, NLM_F_CREATE, [NFPROTO_IPV4, 0, 0, 0])
            .Text(1, Table).Text(3, name).Text(7, type).Network(5, policy)
            .Nest(4, hook => hook.Network(1, NF_INET_LOCAL_OUT).Network(2, unchecked((uint)priority)));

    private static void Rule(NetlinkBatch batch, string chain, Func<NetlinkBatch, NetlinkBatch> expressions, ushort flags = 0) =>
        batch.Begin($"rule of {chain}", NFT_MSG_NEWRULE, (ushort)(NLM_F_CREATE | NLM_F_APPEND | flags), [NFPROTO_IPV4, 0, 0, 0])
            .Text(1, Table).Text(2, chain).Nest(4, list => expressions(list));

    private static NetlinkBatch Loopback(NetlinkBatch rule) => Field(Field(rule, Source, s_loopback), Destination, s_loopback);

    private static NetlinkBatch Pass(NetlinkBatch rule, uint address, byte protocol, uint portField, ushort port)
    {
        Protocol(Field(rule, address, s_gateway), protocol);
        Load(rule, header: 2, portField, 2);
        return Verdict(Compare(rule, Big(port)), NF_ACCEPT);
    }

    private static NetlinkBatch Redirect(NetlinkBatch rule)
    {
        Immediate(rule, 1, s_gateway);
        Immediate(rule, 2, Big(InsideAddresses.ConnectionPort));
        return Expression(rule, "nat", static nat => nat
            .Network(1, 1).Network(2, NFPROTO_IPV4) // NFTA_NAT_TYPE: NFT_NAT_DNAT
            .Network(3, 1).Network(5, 2) // address from register 1, port from 2
            .Network(7, 2)); // NF_NAT_RANGE_PROTO_SPECIFIED
    }

    /// <summary>Compares the first bytes of an address field.</summary>
    private static NetlinkBatch Field(NetlinkBatch rule, uint offset, byte[] value, bool equal = true)
    {
        Load(rule, header: 1, offset, (uint)value.Length);
        return Compare(rule, value, equal);
    }

    private static NetlinkBatch Protocol(NetlinkBatch rule, byte protocol, bool equal = true)
    {
        Expression(rule, "meta", static meta => meta.Network(2, 16).Network(1, 1)); // NFT_META_L4PROTO into register 1
        return Compare(rule, [protocol], equal);
    }

    private static void Load(NetlinkBatch rule, uint header, uint offset, uint length) =>
        Expression(rule, "payload", load => load.Network(1, 1).Network(2, header).Network(3, offset).Network(4, length));

    private static NetlinkBatch Compare(NetlinkBatch rule, byte[] value, bool equal = true) =>
        Expression(rule, "cmp", cmp => cmp.Network(1, 1).Network(2, equal ? 0u : 1u).Nest(3, data => data.Attribute(1, value)));

    private static void Immediate(NetlinkBatch rule, uint register, byte[] value) =>
        Expression(rule, "immediate", set => set.Network(1, register).Nest(2, data => data.Attribute(1, value)));

    private static NetlinkBatch Verdict(NetlinkBatch rule, uint verdict) =>
        Expression(rule, "immediate", set => set.Network(1, 0).Nest(2, data => data.Nest(2, code => code.Network(1, verdict))));

    private static NetlinkBatch Expression(NetlinkBatch rule, string name, Action<NetlinkBatch>? content = null) =>
        rule.Nest(1, element =>
        {
            element.Text(1, name);
            if (content is not null)
                element.Nest(2, content);
        });

    private static byte[] Big(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Big(ushort value) => [(byte)(value >> 8), (byte)value];
}
