using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress;

/// <summary>
/// Real clients inside a sandbox, unmodified: to the host that a rule allows they succeed, through the addresses that its names have inside and through the
/// proxy variables; to any other they fail in two seconds and say something.
/// </summary>
[Collection(OutsideDefinition.Name)]
public sealed class ClientTests(OutsideWorld world, ITestOutputHelper output)
{
    /// <summary>Seconds within which a refusal has to be told, beyond those the client takes for itself.</summary>
    private const double Prompt = 2;

    [Theory]
    [InlineData("passed through", false)]
    [InlineData("inspected", true)]
    public async Task Clients_Inside_ReachWhatIsAllowed_AndNothingElse(string name, bool inspect)
    {
        using var space = new TestSpace();
        _ = world.Canary.Take();
        IReadOnlyList<RealClient> clients = RealClients.All(world.Git, RealClients.DotnetClientInside);
        if (inspect)
            clients = [.. clients.Where(c => c.Protocol is "tls" or "http")];
        await using DrivenShell shell = DrivenShell.InSandbox(world, space, PolicyFor(clients, inspect), RealClients.MountOptions);
        var failures = new List<string>();
        foreach (RealClient client in clients)
        {
            foreach (bool proxies in client.Proxies ? (bool[])[false, true] : [false])
            {
                string way = $"{client.Name}, {name}, {(proxies ? "by the proxy" : "by its address")}";
                DrivenResult allowed = await shell.RunAsync(client.ScriptFor(client.AllowedHost), proxies);
                if (allowed.ExitCode != 0 || allowed.Output != client.ExpectedFrom(client.AllowedHost))
                    failures.Add($"{way}: allowed, but {allowed}");
                DrivenResult denied = await shell.RunAsync(client.ScriptFor(client.DeniedHost), proxies);
                // What the client needs to come up is in both; only waiting for the network is not allowed to take long.
                if (denied.ExitCode == 0 || (denied.Error + denied.Output).Trim().Length == 0 || denied.Seconds > Prompt + allowed.Seconds)
                    failures.Add($"{way}: denied, but {denied}");
                output.WriteLine($"{way}: {allowed.Seconds:F2} s, denied {denied.Seconds:F2} s: {denied.Error.Trim().Split('\n')[^1]}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures) + "\n\n" + string.Join('\n', shell.ErrorLines));
        Assert.Empty(world.Canary.Take());
        Assert.Contains(shell.ErrorLines, l => l.Contains("www.denied.example", StringComparison.Ordinal));
    }

    private string PolicyFor(IReadOnlyList<RealClient> clients, bool inspect)
    {
        IEnumerable<string> rules = clients.DistinctBy(c => (c.AllowedHost, c.Port)).Select(c =>
            $"    - {{host: {c.AllowedHost}, ports: [{c.Port}], protocol: {c.Protocol}{(inspect && c.Protocol == "tls" ? ", inspect: true" : "")}}}");
        return $"version: 1\nname: clients\nlimits: {{pids: 512, memory: 2GiB}}\negress:\n{world.PolicyLines}  allow:\n{string.Join('\n', rules)}\n";
    }
}
