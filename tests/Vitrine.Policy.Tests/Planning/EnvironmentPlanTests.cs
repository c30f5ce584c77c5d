using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Planning;

public sealed class EnvironmentPlanTests
{
    private static readonly Dictionary<string, string> s_host =
        new(StringComparer.Ordinal)
        {
            ["CI"] = "1",
            ["GITHUB_TOKEN"] = "hush",
            ["LD_PRELOAD"] = "/x.so",
            ["PATH"] = "/host/bin",
            ["HOME"] = "/home/alice"
        };

    private static PlanRequest Request => Policies.Operator with { HostEnvironment = s_host };

    [Fact]
    public void Plan_EmptyPolicy_HasTheBaseAndNothingOfTheHost()
    {
        IReadOnlyDictionary<string, string> environment = Policies.PlanOf("", Request).Environment;
        Assert.Equal(["HOME", "LANG", "LOGNAME", "PATH", "USER"], environment.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("/home/user", environment["HOME"]);
        Assert.Equal("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", environment["PATH"]);
        Assert.Equal("C.UTF-8", environment["LANG"]);
    }

    [Fact]
    public void Plan_SetPassAndRequest_LaterOnesWin()
    {
        PlanRequest request = Request with
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["B"] = "request",
                ["C"] = ""
            }
        };
        IReadOnlyDictionary<string, string> environment =
            Policies.PlanOf("environment: {set: {A: policy, B: policy, PATH: /bin, N: 5, T: true}, pass: [CI]}", request).Environment;
        Assert.Equal(("policy", "request", "", "/bin", "1", "5", "true"),
            (environment["A"], environment["B"], environment["C"], environment["PATH"], environment["CI"], environment["N"],
                environment["T"]));
        Assert.False(environment.ContainsKey("LD_PRELOAD"));
    }

    [Fact]
    public void Plan_PassOfUnsetVariable_IsNotedAndLeftOut()
    {
        PlanResult result = Policies.Plan("environment: {pass: [NOT_THERE]}", Request);
        Assert.Equal("variable-unset", Assert.Single(result.Problems).Code);
        Assert.False(result.Plan!.Environment.ContainsKey("NOT_THERE"));
    }

    [Theory]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("AWS_REGION")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("SSH_AUTH_SOCK")]
    [InlineData("DB_PASSWORD")]
    [InlineData("kubeconfig")]
    public void Plan_VariableThatLooksSecret_IsWarnedOf(string name)
    {
        Assert.Contains(Policies.Plan($"environment: {{pass: [{name}]}}", Request).Problems,
            problem => problem is { Code: "secret-variable", Severity: ProblemSeverity.Warning });
        Assert.Contains(Policies.Plan($"environment: {{set: {{{name}: x}}}}", Request).Problems,
            problem => problem is { Code: "secret-variable", Severity: ProblemSeverity.Warning });
    }

    [Theory]
    [InlineData("CI")]
    [InlineData("TZ")]
    [InlineData("EDITOR")]
    [InlineData("MONKEY")]
    [InlineData("KEYBOARD")]
    public void Plan_VariableThatLooksHarmless_IsNotWarnedOf(string name) =>
        Assert.DoesNotContain(Policies.Plan($"environment: {{set: {{{name}: x}}}}", Request).Problems,
            problem => problem.Code is "secret-variable");

    [Fact]
    public void Plan_CallerPassesHostVariables_IsRefused()
    {
        Assert.Equal("request-widens", Policies.SingleError(Policies.Plan("",
            Request with { Authority = RequestAuthority.Caller, PassEnvironment = ["CI"] })).Code);
        Assert.Equal("1", Policies.PlanOf("", Request with { PassEnvironment = ["CI"] }).Environment["CI"]);
    }

    [Theory]
    [InlineData("A=B", "x", "variable-name")]
    [InlineData("", "x", "variable-name")]
    [InlineData("A", "x\0y", "variable-value")]
    public void Plan_RequestWithImpossibleVariable_IsRefused(string name, string value, string code)
    {
        PlanRequest request = Request with { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value } };
        Assert.Equal(code, Policies.SingleError(Policies.Plan("", request)).Code);
    }
}
