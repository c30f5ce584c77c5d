using System.Text.Json;
using FsCheck.Fluent;
using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

public sealed class SeccompJsonTests
{
    public static IEnumerable<TheoryDataRow<CpuArchitecture, bool>> Requests() =>
        from architecture in Enum.GetValues<CpuArchitecture>()
        from setId in new[] { false, true }
        select new TheoryDataRow<CpuArchitecture, bool>(architecture, setId);

    [Theory]
    [MemberData(nameof(Requests))]
    public void AllowList_RandomCalls_AllowsWhatTheProgramAllows(CpuArchitecture architecture, bool setId)
    {
        SeccompRequest request = new() { Architecture = architecture, RefuseSetIdBits = setId };
        var filter = SeccompFilters.Command(request);
        JsonProfile profile = new(SeccompJson.AllowList(request), architecture);
        BpfSimulator simulator = new(BpfCompiler.Compile(filter));
        var (allowed, refused) = (0, 0);

        foreach (var call in RandomCalls.For(filter).Sample(30_000).Where(call => IsNative(call, architecture)))
        {
            var verdict = simulator.Run(call);
            Assert.True(verdict.IsAllow == (profile.Evaluate(call) is null),
                $"{RandomCalls.Show(call)}: program {verdict}, profile errno {profile.Evaluate(call)}");
            _ = verdict.IsAllow ? allowed++ : refused++;
        }

        Assert.True(allowed > 1000 && refused > 1000, $"{allowed} allowed, {refused} refused: too one-sided to mean anything");
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void OuterJson_RandomCalls_RefusesWhatTheProgramRefuses(CpuArchitecture architecture, bool setId)
    {
        SeccompRequest request = new() { Architecture = architecture, RefuseSetIdBits = setId };
        var plan = SeccompCompiler.Compile(request);
        JsonProfile profile = new(plan.OuterJson, architecture);
        BpfSimulator simulator = new(BpfProgram.Parse(plan.Outer.Span));
        var refused = 0;

        // Profiles compare 64 bits by size, so that a family with a high half is refused in the profile alone; nothing real has one.
        foreach (var call in RandomCalls.For(SeccompFilters.Outer(request)).Sample(30_000)
            .Where(call => IsNative(call, architecture)).Select(WithIntFamilyAndProtocol))
        {
            var verdict = simulator.Run(call);
            Assert.True(verdict.ErrnoValue == profile.Evaluate(call),
                $"{RandomCalls.Show(call)}: program {verdict}, profile errno {profile.Evaluate(call)}");
            refused += verdict.IsAllow ? 0 : 1;
        }

        Assert.True(refused > 1000, $"{refused} refused: too few to mean anything");
    }

    [Fact]
    public void AllowList_AddedAndRemovedNames_AreInIt()
    {
        SeccompRequest request = new()
        {
            Architecture = CpuArchitecture.X64,
            Allow = new HashSet<string>(["ptrace"], StringComparer.Ordinal),
            Deny = new HashSet<string>(["memfd_create"], StringComparer.Ordinal),
        };
        JsonProfile profile = new(SeccompJson.AllowList(request), CpuArchitecture.X64);
        JsonProfile plain = new(SeccompJson.AllowList(new() { Architecture = CpuArchitecture.X64 }), CpuArchitecture.X64);

        Assert.Null(profile.Evaluate(Call("ptrace")));
        Assert.Equal(1, plain.Evaluate(Call("ptrace")));
        Assert.Equal(1, profile.Evaluate(Call("memfd_create")));
        Assert.Null(plain.Evaluate(Call("memfd_create")));
    }

    [Fact]
    public void OuterJson_DefaultFilter_IsShort() =>
        Assert.InRange(SeccompCompiler.Compile(new() { Architecture = CpuArchitecture.X64, RefuseSetIdBits = true }).OuterJson.Length, 1, 16 * 1024);

    [Fact]
    public void Refusals_FilterThatIsAnAllowList_IsRefused()
    {
        var filter = SeccompFilters.Command(new() { Architecture = CpuArchitecture.X64 });

        Assert.Throws<ArgumentException>(() => SeccompJson.Refusals(filter));
    }

    private static bool IsNative(SeccompData call, CpuArchitecture architecture) =>
        call.AuditArchitecture == AuditArchitecture.Of(architecture) && call.Number < 500;

    private static SeccompData Call(string name)
    {
        Assert.True(SyscallTable.TryGetNumber(CpuArchitecture.X64, name, out var number));
        return new((uint)number, AuditArchitecture.X64, 0, default);
    }

    private static SeccompData WithIntFamilyAndProtocol(SeccompData call)
    {
        var arguments = call.Arguments;
        arguments[0] = (uint)arguments[0];
        arguments[2] = (uint)arguments[2];
        return call with { Arguments = arguments };
    }

    /// <summary>
    /// A profile read as libseccomp would: entries with arguments by their tests, an entry without for the whole call, else the default.
    /// </summary>
    private sealed class JsonProfile(string json, CpuArchitecture architecture)
    {
        private readonly JsonElement _root = JsonDocument.Parse(json).RootElement;

        /// <summary>Null for allowed, else the errno.</summary>
        public int? Evaluate(SeccompData call)
        {
            var name = SyscallTable.NameOf(architecture, (int)call.Number);
            foreach (var entry in _root.GetProperty("syscalls").EnumerateArray())
            {
                if (entry.GetProperty("names").EnumerateArray().Any(value => value.GetString() == name) && Holds(entry, call))
                    return entry.GetProperty("action").GetString() == "SCMP_ACT_ALLOW" ? null : entry.GetProperty("errnoRet").GetInt32();
            }

            return _root.GetProperty("defaultAction").GetString() == "SCMP_ACT_ALLOW"
                ? null : _root.GetProperty("defaultErrnoRet").GetInt32();
        }

        private static bool Holds(JsonElement entry, SeccompData call)
        {
            if (!entry.TryGetProperty("args", out var tests))
                return true;
            // libseccomp takes one comparison per argument in a rule.
            Assert.Equal(tests.GetArrayLength(),
                tests.EnumerateArray().Select(test => test.GetProperty("index").GetInt32()).Distinct().Count());
            return tests.EnumerateArray().All(test => Holds(test, call.Arguments));
        }

        private static bool Holds(JsonElement test, SeccompArguments arguments)
        {
            var argument = arguments[test.GetProperty("index").GetInt32()];
            var (value, second) = (test.GetProperty("value").GetUInt64(), test.GetProperty("valueTwo").GetUInt64());
            return test.GetProperty("op").GetString() switch
            {
                "SCMP_CMP_EQ" => argument == value,
                "SCMP_CMP_GE" => argument >= value,
                "SCMP_CMP_MASKED_EQ" => (argument & value) == second,
                var other => throw new InvalidOperationException(other),
            };
        }
    }
}
