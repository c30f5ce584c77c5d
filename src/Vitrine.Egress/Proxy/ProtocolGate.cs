using System.Globalization;
using Vitrine.Egress.Tls;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Proxy;

/// <summary>Looks at a client's first bytes: only those of the rule's protocol, for the rule's name, go on.</summary>
internal static class ProtocolGate
{
    /// <summary>RFC 4253 section 4.2.</summary>
    private static ReadOnlySpan<byte> SshBanner => "SSH-2.0-"u8;

    /// <summary>Reads as much as it takes to tell.</summary>
    /// <returns>The bytes read, to be passed on.</returns>
    /// <exception cref="EgressRefusedException">They may not go on, or did not come in time.</exception>
    public static async Task<ReadOnlyMemory<byte>> PassAsync(
        InsideStream inside, string name, EgressRule rule, EgressSession session, CancellationToken cancellationToken)
    {
        if (rule.Protocol is EgressProtocol.Tcp)
            return default;
        using var late = new CancellationTokenSource(session.Options.HelloTimeout, session.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return rule.Protocol is EgressProtocol.Ssh
                ? await PassSshAsync(inside, name, rule, stop.Token).ConfigureAwait(false)
                : await PassTlsAsync(inside, name, rule, session.Memory, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            string seconds = session.Options.HelloTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            throw Refused(RefusalCodes.HelloTimeout,
                $"{rule.Id} expects {Words(rule.Protocol)} to {name}, and none came within {seconds} s", rule, null);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> PassTlsAsync(
        InsideStream inside, string name, EgressRule rule, MemoryBudget memory, CancellationToken cancellationToken)
    {
        using var reader = new ClientHelloReader(memory);
        await reader.ReadAsync(inside, cancellationToken).ConfigureAwait(false);
        if (reader.Hello is not { } hello)
            throw Refused(RefusalCodes.Protocol, $"{rule.Id} expects {Words(rule.Protocol)} to {name}, but the ClientHello {reader.Error}",
                rule, $"If something else is spoken there, say so in {rule.Id}: `protocol: tcp`");
        if (hello.ServerName is null)
            throw Refused(RefusalCodes.ServerNameMissing, $"the ClientHello to {name} names no server", rule,
                "Let the client send the server's name (SNI)");
        if (HostName.Normalize(hello.ServerName, out string named) != HostNameFault.None
            || !string.Equals(named, name, StringComparison.Ordinal))
            throw Refused(RefusalCodes.ServerNameDiffers, $"the ClientHello to {name} names '{hello.ServerName}'", rule, null);
        if (hello.HasEncryptedHello && !rule.AllowEch)
            throw Refused(RefusalCodes.EncryptedHello, $"the ClientHello to {name} hides a second one (ECH)", rule,
                $"Turn ECH off in the client, or add `ech: allow` to {rule.Id}");
        return reader.Raw;
    }

    private static async Task<ReadOnlyMemory<byte>> PassSshAsync(InsideStream inside, string name, EgressRule rule,
        CancellationToken cancellationToken)
    {
        byte[] first = new byte[256];
        int length = 0;
        while (length < SshBanner.Length)
        {
            int read = await inside.ReadAsync(first.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += read;
            int common = Math.Min(length, SshBanner.Length);
            if (read == 0 || !first.AsSpan(0, common).SequenceEqual(SshBanner[..common]))
                throw Refused(RefusalCodes.Protocol, $"{rule.Id} expects {Words(rule.Protocol)} to {name}, and something else came", rule,
                    null);
        }

        return first.AsMemory(0, length);
    }

    private static EgressRefusedException Refused(string code, string message, EgressRule rule, string? hint) =>
        new(new Refusal(code, message, rule.Id, hint));

    private static string Words(EgressProtocol protocol) => protocol is EgressProtocol.Ssh ? "SSH" : "TLS";
}
