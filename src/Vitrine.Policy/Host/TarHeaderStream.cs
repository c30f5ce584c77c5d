using System.Buffers.Binary;

namespace Vitrine.Policy.Host;

/// <summary>
/// Keeps the first block of an archive and stops the writer at the second. Offsets and forms: tar(5), "GNU Tar Archives".
/// <code>
/// 108  uid   8 bytes: octal digits, or base 256 when the first bit is set
/// 116  gid   the same
/// 156  type  '5' directory, '6' FIFO, '3' and '4' devices, else a file
/// </code>
/// </summary>
internal sealed class TarHeaderStream : Stream
{
    private const int BlockSize = 512;
    private readonly byte[] _block = new byte[BlockSize];
    private int _filled;

    public bool IsComplete => _filled == BlockSize;

    public uint Uid => Number(108);

    public uint Gid => Number(116);

    public HostPathKind Kind => (char)_block[156] switch
    {
        '5' => HostPathKind.Directory,
        '6' => HostPathKind.Fifo,
        '3' or '4' => HostPathKind.Device,
        _ => HostPathKind.File,
    };

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsComplete) throw new CompleteException();
        int count = Math.Min(buffer.Length, BlockSize - _filled);
        buffer[..count].CopyTo(_block.AsSpan(_filled));
        _filled += count;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private uint Number(int offset)
    {
        ReadOnlySpan<byte> field = _block.AsSpan(offset, 8);
        if ((field[0] & 0x80) != 0) return BinaryPrimitives.ReadUInt32BigEndian(field[4..]);
        uint value = 0;
        foreach (byte digit in field)
        {
            if (digit is >= (byte)'0' and <= (byte)'7') value = (value * 8) + (uint)(digit - '0');
        }

        return value;
    }

    /// <summary>The header is complete; thrown to keep the writer from copying the content.</summary>
    internal sealed class CompleteException : IOException;
}
