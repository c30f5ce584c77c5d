using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Explain;

public sealed class ExplainTests
{
    [Fact]
    public void Explain_EmptyPolicy_SaysEverythingByDefault()
    {
        IReadOnlyList<PolicyStatement> statements = PolicyExplainer.Explain(Policies.Read(""));
        Assert.All(statements, statement => Assert.Equal("default", statement.Reason));
        Assert.DoesNotContain(statements, statement => statement.Kind == StatementKind.Warning);
        foreach (string part in (string[])["user (1000:1000)", "no capability", "root cannot be written", "/workspace holds 512MiB",
            "no path of the host", "memory 1GiB", "256 processes", "10m from start", "no other variable of the host", "loopback only",
            "not on the built-in list"])
            Assert.Contains(statements, statement => statement.Sentence.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Explain_StatedKeys_NameTheirLines()
    {
        IReadOnlyList<PolicyStatement> statements = PolicyExplainer.Explain(Policies.Read("""
            limits:
              memory: 2GiB
            mounts:
              - {source: /srv/a, target: /a}
              - {source: /srv/b, target: /b, access: rw, owner: root}
            environment:
              pass:
                - CI
                - MY_TOKEN
            seccomp: {allow: [mbind], deny: [socket]}
            debug: {until: 2026-01-31T13:00:00Z, reason: x, disable: [landlock]}
            """));
        Assert.Equal("test.yaml:2", Reason("memory 2GiB"));
        Assert.Equal("test.yaml:4", Reason("at /a"));
        Assert.Equal("test.yaml:5", Reason("at /b"));
        Assert.Equal("test.yaml:8", Reason("variable CI"));
        Assert.Equal("test.yaml:9", Reason("variable MY_TOKEN"));
        Assert.Equal("test.yaml:10", Reason("mbind"));
        Assert.Equal("test.yaml:10", Reason("socket"));
        Assert.Equal("test.yaml:11", Reason("landlock is off"));
        Assert.Equal("default", Reason("256 processes"));
        Assert.Equal(["at /b", "MY_TOKEN", "mbind", "landlock", "debugging policy"],
            ((string[])["at /b", "MY_TOKEN", "mbind", "landlock", "debugging policy"])
                .Where(part => statements.Any(statement => statement.Kind == StatementKind.Warning
                && statement.Sentence.Contains(part, StringComparison.Ordinal))),
            StringComparer.Ordinal);

        string Reason(string part) => Assert.Single(statements, statement =>
            statement.Sentence.Contains(part, StringComparison.Ordinal)).Reason;
    }

    [Fact]
    public void ToString_Statement_IsOneLine() =>
        Assert.Equal("refused  the root cannot be written (default)",
            PolicyExplainer.Explain(Policies.Read("")).Single(statement => statement.Path is "root").ToString());
}
