using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Egress.Tls;

/// <summary>A leaf and when a fresh one takes its place.</summary>
internal sealed record Leaf(SslStreamCertificateContext Context, X509Certificate2 Certificate, DateTimeOffset Until);

/// <summary>
/// Leaves by name, of which the longest unused goes when there are too many. Safe for use by many at once; one leaf is made at a time.
/// </summary>
internal sealed class LeafCache(int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Name, Leaf Leaf)>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, Leaf Leaf)> _byUse = new();
    private bool _disposed;

    public int Count
    {
        get
        {
            lock (_gate)
                return _byName.Count;
        }
    }

    public SslStreamCertificateContext Get(string name, DateTimeOffset now, Func<Leaf> make)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SandboxAuthority));
            if (_byName.Remove(name, out LinkedListNode<(string Name, Leaf Leaf)>? node))
                _byUse.Remove(node);
            if (node is null || node.Value.Leaf.Until <= now)
                node = new LinkedListNode<(string Name, Leaf Leaf)>((name, make()));
            _byUse.AddFirst(node);
            _byName.Add(name, node);
            // One that goes is not disposed: a handshake may be using it. Its finalizer frees it.
            while (_byName.Count > capacity && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _byName.Remove(oldest.Value.Name);
            }

            return node.Value.Leaf.Context;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach ((_, Leaf leaf) in _byUse)
                leaf.Certificate.Dispose();
            _byUse.Clear();
            _byName.Clear();
        }
    }
}
