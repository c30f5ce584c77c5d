using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Vitrine.Conformance.Tests.Support;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>One small package for each package manager, made here, and the indexes their clients read.</summary>
internal static class PackageShelf
{
    /// <summary>Host of the Python index: pages of PEP 503 and a wheel of PEP 427.</summary>
    public const string PythonHost = "index.allowed.example";

    /// <summary>Host of the npm registry.</summary>
    public const string NodeHost = "npm.allowed.example";

    /// <summary>Host of the apt mirror, a flat repository (sources.list(5)).</summary>
    public const string DebianHost = "apt.allowed.example";

    public static async Task FillAsync(WebServer web, TestSpace space)
    {
        FillPython(web);
        FillNode(web);
        await FillDebianAsync(web, space);
    }

    private static void FillPython(WebServer web)
    {
        const string File = "vitrine_parcel-1.0-py3-none-any.whl";
        var wheel = new MemoryStream();
        using (var zip = new ZipArchive(wheel, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "vitrine_parcel.py", "print('parcel unpacked')\n");
            Add(zip, "vitrine_parcel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: vitrine-parcel\nVersion: 1.0\n");
            Add(zip, "vitrine_parcel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Add(zip, "vitrine_parcel-1.0.dist-info/RECORD", "vitrine_parcel.py,,\nvitrine_parcel-1.0.dist-info/METADATA,,\nvitrine_parcel-1.0.dist-info/WHEEL,,\n");
        }

        web.Serve(PythonHost, "/simple/vitrine-parcel/", Text($"<!DOCTYPE html><a href=\"/files/{File}\">{File}</a>"), "text/html");
        web.Serve(PythonHost, "/files/" + File, wheel.ToArray());
    }

    private static void FillNode(WebServer web)
    {
        const string Manifest = """{"name":"vitrine-parcel","version":"1.0.0","main":"index.js"}""";
        var archive = new MemoryStream();
        using (var zip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Ustar))
        {
            Add(tar, "package/package.json", Manifest);
            Add(tar, "package/index.js", "console.log('parcel unpacked')\n");
        }

        byte[] bytes = archive.ToArray();
        string integrity = "sha512-" + Convert.ToBase64String(SHA512.HashData(bytes));
        string address = $"https://{NodeHost}/vitrine-parcel/-/vitrine-parcel-1.0.0.tgz";
        string version = Manifest[..^1] + $$$""","dist":{"tarball":"{{{address}}}","integrity":"{{{integrity}}}"}}""";
        web.Serve(NodeHost, "/vitrine-parcel", Text($$$"""{"name":"vitrine-parcel","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{{{version}}}}}"""), "application/json");
        web.Serve(NodeHost, "/vitrine-parcel/-/vitrine-parcel-1.0.0.tgz", bytes);
    }

    private static async Task FillDebianAsync(WebServer web, TestSpace space)
    {
        const string Control = "Package: vitrine-parcel\nVersion: 1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: parcel\n";
        string tree = space.MakeDirectory("deb");
        Directory.CreateDirectory(Path.Combine(tree, "DEBIAN"));
        await File.WriteAllTextAsync(Path.Combine(tree, "DEBIAN", "control"), Control);
        string file = Path.Combine(space.Scratch, "parcel.deb");
        HostResult built = await HostCommand.RunAsync(["/usr/bin/dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, file]);
        Assert.True(built.ExitCode == 0, built.ToString());
        byte[] package = await File.ReadAllBytesAsync(file);
        byte[] index = Text($"{Control}Filename: ./vitrine-parcel_1.0_all.deb\nSize: {package.Length}\nSHA256: {Hash(package)}\n");
        string date = TimeProvider.System.GetUtcNow().AddDays(-1).ToString("r", CultureInfo.InvariantCulture);
        byte[] release = Text($"Origin: test\nDate: {date}\nSHA256:\n {Hash(index)} {index.Length} Packages\n");
        web.Serve(DebianHost, "/Release", release, "text/plain");
        web.Serve(DebianHost, "/Packages", index, "text/plain");
        web.Serve(DebianHost, "/vitrine-parcel_1.0_all.deb", package);
        // What the mirror does not have is not found, as the client expects of the forms it tries first.
        web.Serve(DebianHost, context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Add(ZipArchive zip, string name, string text)
    {
        using Stream entry = zip.CreateEntry(name).Open();
        entry.Write(Text(text));
    }

    private static void Add(TarWriter tar, string name, string text) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Text(text)) });
}
