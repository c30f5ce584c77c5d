using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Reading;

public sealed class ReaderErrorTests
{
    /// <summary>Text, then code, path, line, column and a part of the hint.</summary>
    public static TheoryData<string, string, string, int, int, string> Cases { get; } = new()
    {
        { "limts: {}", "unknown-key", "limts", 1, 1, "Did you mean 'limits'?" },
        { "limits:\n  memroy: 1GiB", "unknown-key", "limits.memroy", 2, 3, "Did you mean 'memory'?" },
        { "frobnicate: 1", "unknown-key", "frobnicate", 1, 1, "Its keys are version, name" },
        { "version: 2", "out-of-range", "version", 1, 10, "Write 1" },
        { "limits: {memory: 512}", "wrong-value", "limits.memory", 1, 18, "Write 512MiB" },
        { "limits: {memory: 1MiB}", "out-of-range", "limits.memory", 1, 18, "Write 16MiB" },
        { "limits: {memory: 17TiB}", "out-of-range", "limits.memory", 1, 18, "Write 16TiB" },
        { "limits: {cpus: 0}", "out-of-range", "limits.cpus", 1, 16, "Write 0.01" },
        { "limits: {pids: 7}", "out-of-range", "limits.pids", 1, 16, "Write 8" },
        { "limits: {pids: \"256\"}", "wrong-value", "limits.pids", 1, 16, "without quotes" },
        { "limits: {pids: many}", "wrong-value", "limits.pids", 1, 16, "from 8 to 65536" },
        { "limits: {wall-clock: 31d}", "out-of-range", "limits.wall-clock", 1, 22, "Write 30d" },
        { "limits: {best-effort: [wall-clock]}", "wrong-value", "limits.best-effort[0]", 1, 24, "memory, cpus" },
        { "limits: [memory]", "wrong-type", "limits", 1, 9, "memory" },
        { "limits: 5", "wrong-type", "limits", 1, 9, "memory" },
        { "limits: {memory: [1GiB]}", "wrong-type", "limits.memory", 1, 18, "memory: 2GiB" },
        { "limits: {memory: }", "wrong-type", "limits.memory", 1, 18, "memory: 2GiB" },
        { "- a", "wrong-type", "", 1, 1, "version" },
        { "just text", "wrong-type", "", 1, 1, "version" },
        { "name: 'a b'", "wrong-value", "name", 1, 1, "letters" },
        { "name: ''", "wrong-value", "name", 1, 7, "" },
        { "mounts: {source: /a}", "wrong-type", "mounts", 1, 9, "- item" },
        { "mounts:\n  - source: /srv", "missing-key", "mounts[0]", 2, 5, "target: /data" },
        { "mounts:\n  - {source: ../x, target: /x}", "path-form", "mounts[0].source", 2, 6, "climbs nowhere" },
        { "mounts:\n  - {source: data, target: /x}", "path-form", "mounts[0].source", 2, 6, "~/" },
        { "mounts:\n  - {source: /srv, target: x}", "path-form", "mounts[0].target", 2, 20, "absolute" },
        { "mounts:\n  - {source: /srv, target: /x/../y}", "path-form", "mounts[0].target", 2, 20, "without . and .." },
        { "mounts:\n  - {source: /srv, target: /x/}", "path-form", "mounts[0].target", 2, 20, "slash" },
        { "mounts:\n  - {source: /srv, target: \"/x\\0y\"}", "wrong-value", "mounts[0].target", 2, 28, "" },
        { "mounts:\n  - {source: /srv, target: /x, access: rx}", "wrong-value", "mounts[0].access", 2, 40, "Did you mean" },
        { "mounts:\n  - {source: /srv, target: /x, exec: yes}", "wrong-value", "mounts[0].exec", 2, 38, "Write true" },
        { "mounts:\n  - {source: /srv, target: /x, access: rw, mask: auto}", "mask-writable", "mounts[0].mask", 2, 5, "access: ro" },
        { "mounts:\n  - {source: /srv, target: /x, owner: root}", "owner-read-only", "mounts[0].owner", 2, 5, "access: rw" },
        { "mounts:\n  - {source: /srv, target: /x, mask: [/abs]}", "mask-form", "mounts[0].mask", 2, 38, "relative" },
        { "mounts:\n  - {source: /srv, target: /x, mask: [../up]}", "mask-form", "mounts[0].mask", 2, 38, "relative" },
        { "user: admin", "wrong-value", "user", 1, 7, "user, root" },
        { "user: 60000", "out-of-range", "user", 1, 7, "59999" },
        { "user: {uid: 60000}", "out-of-range", "user.uid", 1, 13, "59999" },
        { "user: {capabilities: [CHOWN]}", "user-capabilities", "user", 1, 7, "name: root" },
        { "user: {name: root, capabilities: [SETUID]}", "capability-refused", "user.capabilities[0]", 1, 35, "CHOWN" },
        { "user: {name: root, capabilities: [CAP_KILL]}", "capability-refused", "user.capabilities[0]", 1, 35, "CHOWN" },
        { "user: {name: root, capabilities: [sys_ptrace]}", "capability-refused", "user.capabilities[0]", 1, 35, "CHOWN" },
        { "user: {name: root, uid: 5}", "user-name", "user", 1, 7, "belong together" },
        { "user: {gid: 0}", "user-group", "user", 1, 7, "user: root" },
        { "root: writable", "wrong-value", "root", 1, 7, "read-only" },
        { "workspace: {mount: ., size: 1GiB}", "workspace-conflict", "workspace", 1, 12, "remove `size`" },
        { "workspace: {access: rw}", "workspace-conflict", "workspace", 1, 12, "mount" },
        { "environment: {set: {1A: x}}", "variable-value", "environment.set.1A", 1, 21, "letters" },
        { "environment: {set: {A: }}", "variable-value", "environment.set.A", 1, 21, "\"\"" },
        { "environment: {pass: [A=b]}", "variable-name", "environment.pass", 1, 15, "values belong to `set`" },
        { "environment: {set: {A: x}, pass: [A]}", "variable-twice", "environment.pass", 1, 28, "Keep one" },
        { "egress: {allow: [10.0.0.1]}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['*.com']}", "host-wide", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['*']}", "host-wide", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['*.']}", "host-wide", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['*.co.uk']}", "host-wide", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: ['*.github.io']}", "host-wide", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: ['*.s3.amazonaws.com']}", "host-wide", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: ['*.cloudfront.net:443']}", "host-wide", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: ['*.Azurewebsites.net']}", "host-wide", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: [127.1]}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['0x7f.1']}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [2130706433]}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [0177.0.0.1]}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['10.0.0.1:443']}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['*.10.0.0.1']}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['::1']}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['[::1]:443']}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['[::ffff:1.2.3.4]']}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [0.0.0.0/0]}", "host-address", "egress.allow[0]", 1, 18, "internal" },
        { "egress: {allow: [10/8]}", "host-address", "egress.allow[0]", 1, 18, "internal" },
        { "egress: {allow: ['/0']}", "host-address", "egress.allow[0]", 1, 18, "internal" },
        { "egress: {allow: ['::/0']}", "host-address", "egress.allow[0]", 1, 18, "internal" },
        { "egress: {allow: [metadata.google.internal]}", "host-metadata", "egress.allow[0]", 1, 18, "Remove" },
        { "egress: {allow: ['*.metadata.google.internal:80']}", "host-metadata", "egress.allow[0]", 1, 18, "Remove" },
        { "egress: {allow: [Instance-Data.ec2.internal]}", "host-metadata", "egress.allow[0]", 1, 18, "Remove" },
        { "egress: {allow: [169.254.169.254]}", "host-address", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [a.org.]}", "host-form", "egress.allow[0]", 1, 18, "Leave out the dot" },
        { "egress: {allow: ['*.a.org.']}", "host-form", "egress.allow[0]", 1, 18, "Leave out the dot" },
        { "egress: {allow: ['u:p@a.org']}", "host-form", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [a.org%00.b.org]}", "host-form", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [\"a.org\\r\\nb\"]}", "host-form", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [bücher.example]}", "host-form", "egress.allow[0]", 1, 18, "xn--bcher-kva.example" },
        { "egress: {allow: [a。org]}", "host-form", "egress.allow[0]", 1, 18, "ASCII" },
        { "egress: {allow: ['a*.example.org']}", "host-form", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: ['*.*.example.org']}", "host-form", "egress.allow[0]", 1, 18, "*.example.org" },
        { "egress: {allow: [x.localhost]}", "host-form", "egress.allow[0]", 1, 18, "internal" },
        { "egress: {allow: [a.org/v1]}", "host-form", "egress.allow[0]", 1, 18, "paths" },
        { "egress: {allow: ['a.org:0']}", "host-port", "egress.allow[0]", 1, 18, "65535" },
        { "egress: {allow: ['a.org:65536']}", "host-port", "egress.allow[0]", 1, 18, "65535" },
        { "egress: {allow: ['a.org:']}", "host-port", "egress.allow[0]", 1, 18, "65535" },
        { "egress: {allow: ['a.org:https']}", "host-port", "egress.allow[0]", 1, 18, "65535" },
        { "egress: {allow: ['a.org:90-80']}", "host-port", "egress.allow[0]", 1, 18, "65535" },
        { "egress: {allow: ['https://a.org']}", "host-form", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [pypy]}", "preset-unknown", "egress.allow[0]", 1, 18, "Did you mean 'pypi'?" },
        { "egress: {allow: [intranet]}", "preset-unknown", "egress.allow[0]", 1, 18, "{host: intranet}" },
        { "egress: {allow: [[a.org]]}", "wrong-type", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: ['']}", "wrong-type", "egress.allow[0]", 1, 18, "api.example.org" },
        { "egress: {allow: [{ports: [443]}]}", "rule-target", "egress.allow[0]", 1, 18, "one of them" },
        { "egress: {allow: [{host: a.org, preset: npm}]}", "rule-target", "egress.allow[0]", 1, 18, "one of them" },
        { "egress: {allow: [{host: '*.co.jp'}]}", "host-wide", "egress.allow[0].host", 1, 25, "*.example.org" },
        { "egress: {allow: [{host: 'a.org:443'}]}", "host-form", "egress.allow[0].host", 1, 25, "ports" },
        { "egress: {allow: [{preset: pip}]}", "preset-unknown", "egress.allow[0].preset", 1, 27, "pypi" },
        { "egress: {allow: [{host: a.org, ports: [0]}]}", "port-form", "egress.allow[0].ports[0]", 1, 40, "65535" },
        { "egress: {allow: [{host: a.org, ports: [65536]}]}", "port-form", "egress.allow[0].ports[0]", 1, 40, "65535" },
        { "egress: {allow: [{host: a.org, ports: ['90-80']}]}", "port-form", "egress.allow[0].ports[0]", 1, 40, "9000-9100" },
        { "egress: {allow: [{host: a.org, ports: ['1-99999']}]}", "port-form", "egress.allow[0].ports[0]", 1, 40, "9000-9100" },
        { "egress: {allow: [{host: a.org, ports: []}]}", "port-form", "egress.allow[0].ports", 1, 39, "leave `ports` out" },
        { "egress: {allow: [{host: a.org, protocol: udp}]}", "wrong-value", "egress.allow[0].protocol", 1, 42, "tls" },
        { "egress: {allow: [{host: a.org, methods: [get]}]}", "method-form", "egress.allow[0].methods[0]", 1, 42, "Write GET" },
        { "egress: {allow: [{host: a.org, methods: [CONNECT]}]}", "method-refused", "egress.allow[0].methods[0]", 1, 42, "Remove" },
        { "egress: {allow: [{host: a.org, methods: [TRACE]}]}", "method-refused", "egress.allow[0].methods[0]", 1, 42, "Remove" },
        { "egress: {allow: [{host: a.org, methods: []}]}", "rule-empty", "egress.allow[0].methods", 1, 41, "leave `methods` out" },
        { "egress: {allow: [{host: a.org, paths: [v1]}]}", "path-pattern", "egress.allow[0].paths[0]", 1, 40, "/v1/*" },
        { "egress: {allow: [{host: a.org, paths: [/v1/../x]}]}", "path-pattern", "egress.allow[0].paths[0]", 1, 40, "/v1/*" },
        { "egress: {allow: [{host: a.org, paths: ['/v1?x']}]}", "path-pattern", "egress.allow[0].paths[0]", 1, 40, "/v1/*" },
        { "egress: {allow: [{host: a.org, ech: allow, inspect: true}]}", "rule-ech", "egress.allow[0]", 1, 18, "Remove `ech" },
        { "egress: {allow: [{host: a.org, ech: allow, protocol: ssh}]}", "rule-ech", "egress.allow[0]", 1, 18, "Remove `ech" },
        { "egress: {allow: [{host: a.org, inspect: true, protocol: ssh}]}", "rule-inspect", "egress.allow[0]", 1, 18, "tls or http" },
        { "egress: {allow: [{host: a.org, methods: [GET], protocol: tcp}]}", "rule-inspect", "egress.allow[0]", 1, 18, "tls or http" },
        { "egress: {allow: [{host: a.org, paths: [/x], ports: [20-30]}]}", "rule-inspect", "egress.allow[0]", 1, 18, "tls or http" },
        { "egress: {allow: [{host: a.org, id: x}, {host: b.org, id: x}]}", "rule-id-twice", "egress.allow[1].id", 1, 54, "egress.allow[0]" },
        { "egress: {allow: [{host: a.org, id: x}], deny: [{host: b.org, id: x}]}", "rule-id-twice", "egress.deny[0].id", 1, 62, "egress.allow[0]" },
        { "egress: {allow: [{host: a.org, id: 'x y'}]}", "wrong-value", "egress.allow[0].id", 1, 32, "letters" },
        { "egress: {allow: [{host: a.org, bytes: 1}]}", "wrong-value", "egress.allow[0].bytes", 1, 39, "MiB" },
        { "egress: {deny: [{host: a.org, methods: [GET]}]}", "unknown-key", "egress.deny[0].methods", 1, 31, "ports" },
        { "egress: {deny: ['*']}", "host-wide", "egress.deny[0]", 1, 17, "api.example.org" },
        { "egress: {resolvers: [dns.example.org]}", "resolver-form", "egress.resolvers[0]", 1, 22, "10.0.0.53" },
        { "egress: {resolvers: ['10.0.0.53:0']}", "resolver-form", "egress.resolvers[0]", 1, 22, "10.0.0.53" },
        { "egress: {resolvers: [10.53]}", "resolver-form", "egress.resolvers[0]", 1, 22, "10.0.0.53" },
        { "egress: {proxy: 'https://p.org:1'}", "proxy-form", "egress.proxy", 1, 10, "http://name:port" },
        { "egress: {proxy: 'http://u:p@p.org:1'}", "proxy-form", "egress.proxy", 1, 10, "http://name:port" },
        { "egress: {authorities: [corp.pem]}", "path-form", "egress.authorities[0]", 1, 24, "~/" },
        { "egress: {connections: 193}", "out-of-range", "egress.connections", 1, 23, "192" },
        { "secrets: {K: {hosts: [a.org]}}", "missing-key", "secrets.K", 1, 14, "from" },
        { "secrets: {K: {from: {env: K}}}", "missing-key", "secrets.K", 1, 14, "hosts" },
        { "secrets: {K: {from: {}, hosts: [a.org]}}", "secret-source", "secrets.K.from", 1, 21, "one of" },
        { "secrets: {K: {from: {env: K, file: /k}, hosts: [a.org]}}", "secret-source", "secrets.K.from", 1, 21, "one of" },
        { "secrets: {K: {from: {command: []}, hosts: [a.org]}}", "secret-source", "secrets.K.from", 1, 21, "pass" },
        { "secrets: {K: {from: {file: k}, hosts: [a.org]}}", "path-form", "secrets.K.from.file", 1, 21, "~/" },
        { "secrets: {1K: {from: {env: K}, hosts: [a.org]}}", "secret-name", "secrets.1K", 1, 15, "letters" },
        { "secrets: {PATH: {from: {env: K}, hosts: [a.org]}}", "variable-twice", "secrets.PATH", 1, 17, "another name" },
        { "secrets: {K: {from: {env: K}, hosts: []}}", "secret-hosts", "secrets.K.hosts", 1, 38, "api.example.org" },
        { "secrets: {K: {from: {env: K}, hosts: ['*.com']}}", "host-wide", "secrets.K.hosts[0]", 1, 39, "api.example.org" },
        { "secrets: {K: {from: {env: K}, hosts: ['a.org:443']}}", "host-form", "secrets.K.hosts[0]", 1, 39, "name alone" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org], headers: [Host]}}", "header-refused", "secrets.K.headers[0]", 1, 57, "header" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org], headers: ['a b']}}", "header-form", "secrets.K.headers[0]", 1, 57, "x-api-key" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org], headers: []}}", "secret-place", "secrets.K", 1, 14, "Authorization" },
        { "secrets: [K]", "wrong-type", "secrets", 1, 10, "from" },
        { "seccomp: {allow: [opennat]}", "syscall-unknown", "seccomp.allow[0]", 1, 19, "Did you mean 'openat'?" },
        { "seccomp: {allow: [bpf]}", "syscall-forbidden", "seccomp.allow[0]", 1, 19, "Remove it" },
        { "seccomp: {allow: [ptrace]}", "syscall-forbidden", "seccomp.allow[0]", 1, 19, "debug" },
        { "seccomp: {deny: [execve]}", "syscall-essential", "seccomp.deny[0]", 1, 18, "Remove it" },
        { "seccomp: {allow: [mbind], deny: [mbind]}", "syscall-both", "seccomp", 1, 10, "Keep one" },
        { "layers: {require: [lanlock]}", "wrong-value", "layers.require[0]", 1, 20, "Did you mean 'landlock'?" },
        { "debug: {reason: x}", "missing-key", "debug", 1, 8, "until" },
        { "debug: {until: tomorrow, reason: x}", "wrong-value", "debug.until", 1, 16, "with the zone" },
        { "debug: {until: 2026-01-31T18:00:00, reason: x}", "wrong-value", "debug.until", 1, 16, "with the zone" },
        { "debug: {until: 2026-01-31T18:00:00Z, reason: x, disable: [user-namespace]}", "wrong-value", "debug.disable[0]", 1, 59, "landlock" },
        { "tests: {deny: [{write: /a, mount: '/:/b'}]}", "test-form", "tests.deny[0]", 1, 16, "one statement" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_Mistake_IsReportedAtItsPlaceWithAHint(string text, string code, string path, int line, int column, string hint)
    {
        PolicyProblem problem = Assert.Single(Policies.Errors(text));
        Assert.Equal((code, path, line, column), (problem.Code, problem.Path, problem.Line, problem.Column));
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
        Assert.StartsWith($"test.yaml:{line}:{column}: error {code}: ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralMistakes_AreReportedAllAtOnceInTheOrderOfTheText()
    {
        IReadOnlyList<PolicyProblem> problems = Policies.Errors("""
            nmae: x
            limits:
              memory: 512
              pids: 3
            mounts:
              - {source: ../x, target: y}
            user: nobody
            """);
        Assert.Equal(["unknown-key", "wrong-value", "out-of-range", "path-form", "path-form", "wrong-value"],
            problems.Select(problem => problem.Code), StringComparer.Ordinal);
        Assert.Equal([1, 3, 4, 6, 6, 7], problems.Select(problem => problem.Line));
    }

    [Fact]
    public void Read_VeryManyMistakes_AreCutOff()
    {
        string text = string.Concat(Enumerable.Range(0, 5000).Select(number => $"key{number}: 1\n"));
        IReadOnlyList<PolicyProblem> problems = Policies.Errors(text);
        Assert.Equal(101, problems.Count);
        Assert.Contains(problems, problem => problem.Code is "too-many-problems");
    }

    [Fact]
    public void Read_MistakeWithControlCharacters_IsShownEscaped()
    {
        PolicyProblem problem = Policies.Errors("\"\\e[31mred\\u202e\": 1")[0];
        Assert.DoesNotContain('\x1b', problem.ToString());
        Assert.DoesNotContain('\u202e', problem.ToString());
        Assert.Contains("\\x1b", problem.Message, StringComparison.Ordinal);
    }
}
