using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// Filters as the JSON that OCI runtimes, Docker and Podman take (runtime-spec, config-linux.md, "Seccomp"). They compile it with
/// libseccomp for each container, so where a runtime takes ready BPF that is the better way.
/// </summary>
public static class SeccompJson
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Refuse = "SCMP_ACT_ERRNO";
    private const int Allowed = -1;

    /// <summary>
    /// The whole allow-list. Other architectures are killed by libseccomp. A call refused by its arguments answers EPERM, as the format has
    /// one default; which calls are executed is the same as with the BPF program.
    /// </summary>
    /// <param name="request">What it depends on.</param>
    /// <exception cref="ArgumentException">As <see cref="SeccompFilters.Command"/>.</exception>
    public static string AllowList(SeccompRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var filter = SeccompFilters.Command(request);
        return Write(filter.Architecture, defaultErrno: Errno.EPERM, writer =>
        {
            foreach (var (errno, names) in PlainByErrno(filter))
            {
                if (errno != Errno.EPERM)
                    WriteEntry(writer, names, errno);
            }

            foreach (var name in Names(filter, conditional: true))
            {
                foreach (var cube in ArgumentCube.AllowedBy(RuleOf(filter, name)))
                    WriteEntry(writer, [name], Allowed, cube.Tests());
            }
        });
    }

    /// <summary>A list of refusals; everything else is allowed. Short, for libseccomp is slow.</summary>
    /// <param name="filter">A filter whose clauses all refuse and whose rules otherwise allow.</param>
    /// <exception cref="ArgumentException">A rule is of another form.</exception>
    public static string Refusals(SeccompFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Write(filter.Architecture, defaultErrno: null, writer =>
        {
            foreach (var (errno, names) in PlainByErrno(filter))
            {
                if (errno != Allowed)
                    WriteEntry(writer, names, errno);
            }

            foreach (var name in Names(filter, conditional: true))
            {
                var rule = RuleOf(filter, name);
                if (!rule.Otherwise.IsAllow || rule.Clauses.Any(clause => clause.Verdict.ErrnoValue is null))
                    throw new ArgumentException($"the rule of `{name}` is not a list of refusals", nameof(filter));
                foreach (var clause in rule.Clauses)
                    WriteEntry(writer, [name], clause.Verdict.ErrnoValue!.Value, clause.Tests);
            }
        });
    }

    // Names of the plain rules, by what they answer; −1 for those allowed.
    private static SortedList<int, List<string>> PlainByErrno(SeccompFilter filter)
    {
        SortedList<int, List<string>> byErrno = [];
        foreach (var name in Names(filter, conditional: false))
        {
            var errno = RuleOf(filter, name).Otherwise.ErrnoValue ?? Allowed;
            if (!byErrno.TryGetValue(errno, out var names))
                byErrno.Add(errno, names = []);
            names.Add(name);
        }

        return byErrno;
    }

    private static List<string> Names(SeccompFilter filter, bool conditional)
    {
        List<string> names = [];
        foreach (var (number, rule) in filter.Rules)
        {
            if (rule.IsConditional == conditional)
                names.Add(SyscallTable.NameOf(filter.Architecture, number)!);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static SyscallRule RuleOf(SeccompFilter filter, string name)
    {
        var known = SyscallTable.TryGetNumber(filter.Architecture, name, out var number);
        Debug.Assert(known, "the name came from the filter's own numbers");
        return filter.Rules[number];
    }

    private static string Write(CpuArchitecture architecture, int? defaultErrno, Action<Utf8JsonWriter> entries)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("defaultAction", defaultErrno is null ? Allow : Refuse);
            if (defaultErrno is { } errno)
                writer.WriteNumber("defaultErrnoRet", errno);
            writer.WriteStartArray("architectures");
            writer.WriteStringValue(architecture == CpuArchitecture.X64 ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64");
            writer.WriteEndArray();
            writer.WriteStartArray("syscalls");
            entries(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteEntry(Utf8JsonWriter writer, List<string> names, int errno, IEnumerable<ArgumentTest>? tests = null)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("names");
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
        writer.WriteString("action", errno == Allowed ? Allow : Refuse);
        if (errno != Allowed)
            writer.WriteNumber("errnoRet", errno);
        if (tests is not null)
        {
            writer.WriteStartArray("args");
            foreach (var test in tests)
                WriteTest(writer, test);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteTest(Utf8JsonWriter writer, ArgumentTest test)
    {
        // For SCMP_CMP_MASKED_EQ `value` is the mask and `valueTwo` what the masked bits must be.
        var (value, second, operation) = test switch
        {
            { Kind: ArgumentTestKind.AtLeast } => (test.Value, 0ul, "SCMP_CMP_GE"),
            { Mask: ulong.MaxValue } => (test.Value, 0ul, "SCMP_CMP_EQ"),
            _ => (test.Mask, test.Value, "SCMP_CMP_MASKED_EQ"),
        };
        writer.WriteStartObject();
        writer.WriteNumber("index", test.Index);
        writer.WriteNumber("value", value);
        writer.WriteNumber("valueTwo", second);
        writer.WriteString("op", operation);
        writer.WriteEndObject();
    }
}
