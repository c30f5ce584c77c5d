using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Schema;

public sealed class PolicySchemaTests
{
    private const string SchemaFile = "docs/policy.schema.json";

    /// <summary>Set VITRINE_UPDATE_DOCS=1 to write the file anew.</summary>
    [Fact]
    public void Generate_AgainstTheFileCheckedIn_IsTheSame()
    {
        string schema = PolicySchema.Generate();
        if (Environment.GetEnvironmentVariable("VITRINE_UPDATE_DOCS") is "1") File.WriteAllText(Path.Combine(Repository.Root, SchemaFile),
            schema);
        Assert.True(string.Equals(Repository.Read(SchemaFile), schema, StringComparison.Ordinal),
            $"{SchemaFile} is stale: run this test with VITRINE_UPDATE_DOCS=1");
    }
}
