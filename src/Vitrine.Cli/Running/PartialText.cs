namespace Vitrine.Cli.Running;

/// <summary>Keeps back a UTF-8 character of which only a part has come, so that text split anywhere still is text (RFC 3629).</summary>
internal sealed class PartialText
{
    private byte[] _kept = [];

    /// <summary>Takes bytes and gives what is whole.</summary>
    public byte[] Add(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. _kept, .. bytes];
        int whole = all.Length - Incomplete(all);
        _kept = all[whole..];
        return all[..whole];
    }

    /// <summary>Gives what is left.</summary>
    public byte[] Rest()
    {
        byte[] rest = _kept;
        _kept = [];
        return rest;
    }

    /// <summary>Length of an unfinished character at the end; 0 when there is none, or what is there is no beginning of one.</summary>
    private static int Incomplete(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte b = bytes[^back];
            if (b is >= 0x80 and < 0xc0)
                continue;
            int needed = b switch
            {
                >= 0xf0 and <= 0xf4 => 4,
                >= 0xe0 and < 0xf0 => 3,
                >= 0xc2 and < 0xe0 => 2,
                _ => 1,
            };
            return needed > back ? back : 0;
        }

        return 0;
    }
}
