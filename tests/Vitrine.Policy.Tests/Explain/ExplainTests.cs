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
    public void Explain_WayOut_NamesRulesPresetsHostsAndSecrets()
    {
        PolicyDocument policy = Policies.Read("""
            egress:
              allow:
                - api.example.org
                - {host: db.example.org, protocol: tcp, ports: [5432], internal: true}
                - pypi
              deny: [t.example.org]
              proxy: http://proxy.example.org:3128
            secrets:
              KEY: {from: {file: ~/key}, hosts: [api.example.org], body: [k]}
            """);
        Assert.Contains("allowed  connections to api.example.org:443 (test.yaml:3)", Lines(null), StringComparer.Ordinal);
        Assert.Contains("warning  connections to db.example.org:5432 (any bytes; private addresses too) (test.yaml:4)", Lines(null), StringComparer.Ordinal);
        Assert.Contains("allowed  connections to pypi (test.yaml:5)", Lines(null), StringComparer.Ordinal);
        Assert.Contains("refused  connections to t.example.org on any port, whatever is allowed (test.yaml:6)", Lines(null), StringComparer.Ordinal);
        Assert.Contains("allowed  api.example.org get the secret KEY of the file ~/key in the header Authorization, the body's field k; inside there is a placeholder (test.yaml:9)", Lines(null), StringComparer.Ordinal);
        Assert.DoesNotContain(Lines(null), line => line.Contains("pythonhosted", StringComparison.Ordinal));
        Assert.Contains("allowed    pypi: *.pythonhosted.org:443 (tls, the preset's own) (test.yaml:5)", Lines(new TypicalHost()), StringComparer.Ordinal);
        var host = new FakeHost { Texts = { ["/etc/pip.conf"] = "[global]\nindex-url = http://u:p@mirror.example.org/simple" } };
        Assert.Contains("allowed    pypi: mirror.example.org:80 (http, named in /etc/pip.conf) (test.yaml:5)", Lines(host), StringComparer.Ordinal);
        Assert.Contains(Lines(host), line => line.StartsWith("warning    pypi: /etc/pip.conf holds credentials", StringComparison.Ordinal));

        IEnumerable<string> Lines(IHostFacts? facts) => PolicyExplainer.Explain(policy, facts).Select(statement => statement.ToString());
    }

    [Fact]
    public void ToString_Statement_IsOneLine() =>
        Assert.Equal("refused  the root cannot be written (default)",
            PolicyExplainer.Explain(Policies.Read("")).Single(statement => statement.Path is "root").ToString());
}
