using System.Text;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// The forms in which one placeholder is looked for: as it is, and inside Base64 (RFC 4648) at each of the three positions it can have
/// there.
/// Of the Base64 forms only the characters that do not depend on what stands before and after are compared. No placeholder encodes
/// to `+` or `/`, so the URL alphabet is the same.
/// </summary>
internal sealed class PlaceholderText
{
    public PlaceholderText(SecretValue secret)
    {
        Secret = secret;
        byte[] plain = Encoding.ASCII.GetBytes(secret.Placeholder);
        Forms = [plain, Aligned(plain, 0), Aligned(plain, 1), Aligned(plain, 2)];
        Longest = Forms.Max(form => form.Length);
    }

    public SecretValue Secret { get; }

    /// <summary>What is looked for; the first one is the plain text.</summary>
    public byte[][] Forms { get; }

    /// <summary>Bytes of the longest.</summary>
    public int Longest { get; }

    // The first bytes that fill up a group begun by others, and the last ones that others complete, are left out.
    private static byte[] Aligned(byte[] plain, int skip)
    {
        int whole = (plain.Length - skip) / 3 * 3;
        return Encoding.ASCII.GetBytes(Convert.ToBase64String(plain, skip, whole));
    }
}
