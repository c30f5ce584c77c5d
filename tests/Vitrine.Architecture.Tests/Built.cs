using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Vitrine.Architecture.Tests;

/// <summary>A built assembly of this solution, read without loading it.</summary>
public sealed class Built : IDisposable
{
    private readonly PEReader image;
    private readonly MetadataReader metadata;

    private Built(string path)
    {
        image = new PEReader(File.OpenRead(path));
        metadata = image.GetMetadataReader();
    }

    public IEnumerable<string> References => metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name));

    public int PlatformInvokes => metadata.GetTableRowCount(TableIndex.ImplMap);

    public static Built Open(string project)
    {
        string folder = Path.Combine(Repository.Root, "artifacts", "bin", project);
        string name = project switch { "Vitrine.Guest" => "vitrine-guest", "Vitrine.Cli" => "vitrine", _ => project };
        string? found = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, name + ".dll", SearchOption.AllDirectories).Where(file => Path.GetFileName(Path.GetDirectoryName(file))!.StartsWith("debug", StringComparison.Ordinal)).MaxBy(File.GetLastWriteTimeUtc)
            : null;
        return new Built(found ?? throw new InvalidOperationException($"{project} is not built: run dotnet build Vitrine.slnx first."));
    }

    /// <summary>Whether code in it calls a member of a type of another assembly.</summary>
    public bool Calls(string typeNamespace, string type, string member) => metadata.MemberReferences
        .Select(metadata.GetMemberReference)
        .Where(reference => reference.Parent.Kind == HandleKind.TypeReference && metadata.StringComparer.Equals(reference.Name, member))
        .Select(reference => metadata.GetTypeReference((TypeReferenceHandle)reference.Parent))
        .Any(parent => metadata.StringComparer.Equals(parent.Name, type) && metadata.StringComparer.Equals(parent.Namespace, typeNamespace));

    public void Dispose() => image.Dispose();
}
