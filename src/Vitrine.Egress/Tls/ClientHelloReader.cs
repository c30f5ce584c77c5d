using System.Buffers.Binary;

namespace Vitrine.Egress.Tls;

/// <summary>
/// Puts a ClientHello together from records (RFC 8446 section 5.1), however they and the reads cut it, and keeps the bytes as they came.
/// Each byte is looked at once. Not more than <see cref="MaxBytes"/> are kept.
/// </summary>
/// <param name="memory">What a hello longer than usual has to be allowed by; null for no limit but its own.</param>
internal sealed class ClientHelloReader(MemoryBudget? memory = null) : IDisposable
{
    /// <summary>Bytes a hello may take, record headers and all.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int HeaderSize = 5;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int LongestRecord = 16 * 1024;
    private const int FirstRead = 2048;

    /// <summary>A longer hello than this is asked for: it is held twice, as it came and put together.</summary>
    private const int Usual = 16 * 1024;

    private readonly byte[] _header = new byte[HeaderSize];
    private byte[] _raw = new byte[FirstRead];
    private byte[] _message = new byte[FirstRead];
    private int _rawLength;
    private int _messageLength;
    private int _headerLength;
    private int _recordLeft;
    private bool _isLong;

    /// <summary>The bytes fed so far: what is to be passed on.</summary>
    public ReadOnlyMemory<byte> Raw => _raw.AsMemory(0, _rawLength);

    /// <summary>The hello; null until it is whole.</summary>
    public ClientHello? Hello { get; private set; }

    /// <summary>What is wrong with the bytes, after a subject such as "the ClientHello"; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads a stream until the hello is whole or wrong. Bytes that come with its last ones are in <see cref="Raw"/>,
    /// too.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (Hello is null && Error is null)
        {
            if (!TryGrow())
                return;
            int read = await stream.ReadAsync(_raw.AsMemory(_rawLength), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                Error = "ended before it was whole";
            else
                Take(read);
        }
    }

    /// <summary>Looks at further bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && Hello is null && Error is null)
        {
            if (!TryGrow())
                return;
            int count = Math.Min(bytes.Length, _raw.Length - _rawLength);
            bytes[..count].CopyTo(_raw.AsSpan(_rawLength));
            Take(count);
            bytes = bytes[count..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isLong)
            memory?.Return(MaxBytes * 2);
        _isLong = false;
    }

    private bool TryGrow()
    {
        if (_rawLength < _raw.Length)
            return true;
        if (_raw.Length >= Usual && !_isLong && memory is not null)
        {
            if (!memory.TryTake(MaxBytes * 2))
            {
                Error = "is longer than there is memory for now";
                return false;
            }

            _isLong = true;
        }

        Array.Resize(ref _raw, Math.Min(_raw.Length * 2, MaxBytes));
        return true;
    }

    private void Take(int count)
    {
        ReadOnlySpan<byte> bytes = _raw.AsSpan(_rawLength, count);
        _rawLength += count;
        while (!bytes.IsEmpty && Hello is null && Error is null)
            Error = Step(ref bytes);
        if (Hello is null && Error is null && _rawLength >= MaxBytes)
            Error = $"is longer than {MaxBytes} bytes";
    }

    private string? Step(ref ReadOnlySpan<byte> bytes)
    {
        if (_recordLeft == 0)
        {
            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            // The type and version of a record are told by their first bytes, so that what is not TLS is known at once.
            if (_header[0] != HandshakeRecord || (_headerLength > 1 && _header[1] != 3))
                return "is no TLS handshake";
            if (_headerLength < HeaderSize)
                return null;
            _headerLength = 0;
            _recordLeft = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(3));
            return _recordLeft is 0 or > LongestRecord ? "has a record of a length no handshake has" : null;
        }

        int count = Math.Min(bytes.Length, _recordLeft);
        Append(bytes[..count]);
        bytes = bytes[count..];
        _recordLeft -= count;
        if (_message[0] != ClientHelloMessage)
            return "is another handshake message";
        if (_messageLength < 4)
            return null;
        int length = (_message[1] << 16) | (_message[2] << 8) | _message[3];
        if (length > MaxBytes)
            return $"is longer than {MaxBytes} bytes";
        if (_messageLength < length + 4)
            return null;
        // A second message in the same record could be another hello, which a server might prefer.
        if (_messageLength > length + 4 || _recordLeft > 0)
            return "shares its record with another message";
        string? error = ClientHello.Read(_message.AsSpan(4, length), out ClientHello? hello);
        Hello = hello;
        return error;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_messageLength + bytes.Length > _message.Length)
            Array.Resize(ref _message, Math.Min(Math.Max(_message.Length * 2, _messageLength + bytes.Length), MaxBytes));
        bytes.CopyTo(_message.AsSpan(_messageLength));
        _messageLength += bytes.Length;
    }
}
