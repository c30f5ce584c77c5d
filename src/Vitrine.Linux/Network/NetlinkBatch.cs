using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Linux.Network;

/// <summary>
/// Requests to the kernel, one behind the other (netlink(7)):
/// <code>
///  0      4      6       8     12    16
///  ├─size─┼─type─┼─flags─┼─seq─┼─pid─┤ header of the family, then attributes: ├─size u16─┼─type u16─┤ value, padded to 4
/// </code>
/// Sizes and types are in the machine's order; values of nf_tables attributes are big-endian.
/// </summary>
internal sealed class NetlinkBatch
{
    private const int NLM_F_REQUEST = 1;
    private const int NLA_F_NESTED = 0x8000;
    private readonly List<string> _subjects = [];
    private byte[] _bytes = new byte[4096];
    private int _end;
    private int _message;

    /// <summary>All requests.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _end);

    /// <summary>What a request is about, for messages; requests are numbered from 0.</summary>
    public string Subject(uint number) => number < _subjects.Count ? _subjects[(int)number] : "batch";

    /// <summary>Begins a request.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="type">Its type.</param>
    /// <param name="flags">Flags beside NLM_F_REQUEST.</param>
    /// <param name="header">Header of the family.</param>
    public NetlinkBatch Begin(string subject, ushort type, ushort flags, ReadOnlySpan<byte> header)
    {
        _message = _end;
        Span<byte> start = Take(16);
        MemoryMarshal.Write(start[4..], type);
        MemoryMarshal.Write(start[6..], (ushort)(flags | NLM_F_REQUEST));
        MemoryMarshal.Write(start[8..], (uint)_subjects.Count);
        _subjects.Add(subject);
        header.CopyTo(Take(header.Length));
        return Sized();
    }

    /// <summary>Adds an attribute.</summary>
    public NetlinkBatch Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Take(4 + value.Length);
        MemoryMarshal.Write(attribute, (ushort)(4 + value.Length));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[4..]);
        return Sized();
    }

    /// <summary>Adds a text, with its closing NUL.</summary>
    public NetlinkBatch Text(ushort type, string value) => Attribute(type, Encoding.ASCII.GetBytes(value + "\0"));

    /// <summary>Adds a number in network order, as nf_tables and addresses have it.</summary>
    public NetlinkBatch Network(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>Adds a number in the machine's order.</summary>
    public NetlinkBatch Number(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>Adds an attribute made of attributes.</summary>
    public NetlinkBatch Nest(ushort type, Action<NetlinkBatch> content)
    {
        int start = _end;
        Take(4);
        content(this);
        MemoryMarshal.Write(_bytes.AsSpan(start), (ushort)(_end - start));
        MemoryMarshal.Write(_bytes.AsSpan(start + 2), (ushort)(type | NLA_F_NESTED));
        return Sized();
    }

    /// <summary>Room at the end, zeroed, padded to 4 bytes behind it.</summary>
    private Span<byte> Take(int count)
    {
        int padded = (count + 3) & ~3;
        if (_bytes.Length - _end < padded)
            Array.Resize(ref _bytes, (_bytes.Length * 2) + padded);
        Span<byte> taken = _bytes.AsSpan(_end, count);
        _end += padded;
        return taken;
    }

    private NetlinkBatch Sized()
    {
        MemoryMarshal.Write(_bytes.AsSpan(_message), (uint)(_end - _message));
        return this;
    }
}
