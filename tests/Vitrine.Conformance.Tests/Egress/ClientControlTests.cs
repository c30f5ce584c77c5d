namespace Vitrine.Conformance.Tests.Egress;

/// <summary>Without a sandbox each client reaches both hosts, the one that a policy will allow and the one that it will not.</summary>
[Collection(OutsideDefinition.Name)]
public sealed class ClientControlTests(OutsideWorld world)
{
    [Fact]
    public async Task Client_WithoutSandbox_Succeeds()
    {
        var failures = new List<string>();
        await using DrivenShell shell = DrivenShell.WithoutSandbox(world);
        foreach (RealClient client in RealClients.All(world.Git, RealClients.DotnetClientFolder))
        {
            DrivenResult result = await shell.RunAsync(client.ScriptFor(client.AllowedHost));
            if (result.ExitCode != 0 || result.Output != client.ExpectedFrom(client.AllowedHost))
                failures.Add($"{client.Name}: {result}");
            TestContext.Current.SendDiagnosticMessage($"{client.Name}: {result.Seconds:F2} s");
        }

        Assert.Empty(failures);
    }
}
