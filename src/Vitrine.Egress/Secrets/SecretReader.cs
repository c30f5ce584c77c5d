using System.Text;
using System.Text.Unicode;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// Reads the values of secrets on the host. Values go nowhere but into the returned objects; messages name the secret and its source
/// only.
/// </summary>
public static class SecretReader
{
    /// <summary>Most bytes of a value, its last line end included.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads all values.</summary>
    /// <param name="plans">The secrets.</param>
    /// <param name="host">Where they are read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EgressException">One is missing, empty, over 64 KiB, no UTF-8 text, or holds NUL or a line end other than one at
    /// its end.</exception>
    public static async Task<IReadOnlyList<SecretValue>> ReadAsync(
        IReadOnlyList<SecretPlan> plans, ISecretHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentNullException.ThrowIfNull(host);
        var values = new List<SecretValue>(plans.Count);
        foreach (SecretPlan plan in plans)
            values.Add(new SecretValue(plan, await ReadAsync(plan, host, cancellationToken).ConfigureAwait(false)));
        return values;
    }

    private static async Task<string> ReadAsync(SecretPlan plan, ISecretHost host, CancellationToken cancellationToken)
    {
        byte[]? bytes = await FetchAsync(plan, host, cancellationToken).ConfigureAwait(false);
        string source = Describe(plan.From);
        if (bytes is null)
            throw new EgressException(
                $"The secret {plan.Name} has no value: {source} is not there. Set it, or take the secret out of the policy.");
        if (bytes.Length > MaxBytes)
            throw new EgressException($"The secret {plan.Name} is too long: {source} gives more than {MaxBytes} bytes.");
        string value = Decode(plan.Name, source, bytes);
        if (value.EndsWith('\n'))
            value = value[..^(value.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
        if (value.Length == 0)
            throw new EgressException($"The secret {plan.Name} is empty: {source} gives nothing.");
        // RFC 9110 section 5.5: these could end a header and start another.
        return value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0
            ? value
            : throw new EgressException($"The secret {plan.Name} cannot be used: {source} gives more than one line, or NUL.");
    }

    private static async Task<byte[]?> FetchAsync(SecretPlan plan, ISecretHost host, CancellationToken cancellationToken)
    {
        try
        {
            return plan.From.Kind switch
            {
                SecretSourceKind.Environment => host.Variable(plan.From.Text) is { } text ? Encoding.UTF8.GetBytes(text) : null,
                SecretSourceKind.File => await host.ReadFileAsync(plan.From.Text, MaxBytes + 1, cancellationToken).ConfigureAwait(false),
                _ => await host.RunAsync(plan.From.Command, MaxBytes + 1, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TimeoutException)
        {
            // What the system says of a file or program is no value; what the program printed is not passed on by ISecretHost.
            throw new EgressException($"The secret {plan.Name} cannot be read from {Describe(plan.From)}: {error.Message}", error);
        }
    }

    private static string Decode(string name, string source, byte[] bytes)
    {
        // Asked first rather than caught: the exception would hold the bytes.
        return Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new EgressException($"The secret {name} cannot be used: {source} gives bytes that are not UTF-8 text.");
    }

    private static string Describe(SecretSource source) => source.Kind switch
    {
        SecretSourceKind.Environment => $"the variable {source.Text}",
        SecretSourceKind.File => $"the file {source.Text}",
        _ => $"the command {(source.Command.Count > 0 ? source.Command[0] : "")}",
    };
}
