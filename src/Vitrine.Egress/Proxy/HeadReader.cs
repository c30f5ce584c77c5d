namespace Vitrine.Egress.Proxy;

/// <summary>Reads the first bytes of a connection to the HTTP proxy: a whole head when it is a CONNECT, else only enough to know that it
/// is none.</summary>
internal sealed class HeadReader
{
    private const int FirstRead = 1024;

    private byte[] _bytes = new byte[FirstRead];
    private int _length;
    private int _searched;

    /// <summary>The head with its empty line; null when the request is no CONNECT.</summary>
    public ReadOnlyMemory<byte>? Head { get; private set; }

    /// <summary>What was read and is not the head.</summary>
    public ReadOnlyMemory<byte> Rest { get; private set; }

    /// <summary>Whether the client closed, or the head grew too long, before it ended.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether the client closed without a byte.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Reads.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_length == _bytes.Length)
                Array.Resize(ref _bytes, Math.Min(_bytes.Length * 4, ConnectHead.MaxBytes));
            int read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellationToken).ConfigureAwait(false);
            _length += read;
            if (IsDone(read))
                return;
        }
    }

    private bool IsDone(int read)
    {
        ReadOnlySpan<byte> connect = "CONNECT "u8;
        Span<byte> bytes = _bytes.AsSpan(0, _length);
        int common = Math.Min(_length, connect.Length);
        if (!bytes[..common].SequenceEqual(connect[..common]))
        {
            Rest = _bytes.AsMemory(0, _length);
            return true;
        }

        int end = bytes[_searched..].IndexOf("\r\n\r\n"u8);
        if (end >= 0)
        {
            int length = _searched + end + 4;
            Head = _bytes.AsMemory(0, length);
            Rest = _bytes.AsMemory(length, _length - length);
            return true;
        }

        // An end may lie across two reads.
        _searched = Math.Max(0, _length - 3);
        IsCut = read == 0 || _length == ConnectHead.MaxBytes;
        return IsCut;
    }
}
