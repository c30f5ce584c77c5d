using System.Reflection;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>
/// Kestrel costs start-up time: nothing of ASP.NET may be loaded before a connection is looked into. Other tests of this process load it,
/// so the types are asked.
/// </summary>
public sealed class InspectorLoadingTests
{
    private const string Behind = "Vitrine.Egress.Inspect.Kestrel";

    [Fact]
    public void InspectorLoading_TypesOutsideItsFolder_HaveNothingOfAspNet()
    {
        foreach (Type type in typeof(EgressGateway).Assembly.GetTypes().Where(static type => type.FullName!.StartsWith(Behind, StringComparison.Ordinal) is false))
        {
            Assert.False(IsAspNet(type.BaseType), type.FullName);
            Assert.DoesNotContain(type.GetInterfaces(), IsAspNet);
            const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            Assert.DoesNotContain(type.GetFields(All), static field => IsAspNet(field.FieldType));
            Assert.DoesNotContain(type.GetMethods(All).SelectMany(static method => method.GetParameters()), static parameter => IsAspNet(parameter.ParameterType));
        }
    }

    [Fact]
    public async Task InspectorLoading_NothingInspected_LoadsNothingOfAspNet()
    {
        // In a context of its own, as this process has loaded what the tests need.
        var context = new Separate(typeof(EgressGateway).Assembly.Location);
        Assembly egress = context.LoadFromAssemblyPath(typeof(EgressGateway).Assembly.Location);
        Type gateway = egress.GetType(typeof(EgressGateway).FullName!)!;
        await using var made = (IAsyncDisposable)Activator.CreateInstance(gateway, [null])!;
        Type policy = context.Assemblies.Single(assembly => assembly.GetName().Name == "Vitrine.Policy").GetType("Vitrine.Policy.Plans.EgressPlan")!;
        object session = gateway.GetMethod("OpenSession")!.Invoke(made, [Activator.CreateInstance(policy), "box", Proxy(egress), null])!;
        Assert.NotNull(session.GetType().GetProperty("Environment")!.GetValue(session));
        await ((IAsyncDisposable)session).DisposeAsync();
        Assert.DoesNotContain(context.Asked, static name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.NotEmpty(context.Asked);
    }

    private static bool IsAspNet(Type? type) => type?.Assembly.GetName().Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true
        || type?.GetGenericArguments().Any(IsAspNet) == true;

    private static object Proxy(Assembly egress) =>
        typeof(DispatchProxy).GetMethods().Single(static method => method.Name == "Create" && method.GetGenericArguments().Length == 2)
            .MakeGenericMethod(egress.GetType(typeof(IEgressLog).FullName!)!, typeof(Silent)).Invoke(null, null)!;

    public class Silent : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => ValueTask.CompletedTask;
    }

    private sealed class Separate(string path) : System.Runtime.Loader.AssemblyLoadContext("separate")
    {
        public List<string> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            Asked.Add(assemblyName.Name!);
            string file = Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll");
            return assemblyName.Name!.StartsWith("Vitrine.", StringComparison.Ordinal) ? LoadFromAssemblyPath(file) : null;
        }
    }
}
