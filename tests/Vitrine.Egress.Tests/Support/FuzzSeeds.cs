namespace Vitrine.Egress.Tests.Support;

/// <summary>The seeds of each run. A failure names seed and index; a seed that found a bug stays in the list.</summary>
internal static class FuzzSeeds
{
    /// <summary>Inputs of the short run, of all parsers together; `VITRINE_FULL=1` runs twenty times as many.</summary>
    public const int Short = 200_000;

    public static readonly int[] All = [20261121, 1, 2, 3, 0x53_4E_49];

    public static TheoryData<int> Data => [.. All];

    /// <summary>Inputs of one seed and parser.</summary>
    public static int Times(int parsers) => Short * (Environment.GetEnvironmentVariable("VITRINE_FULL") == "1" ? 20 : 1) / All.Length / parsers;

    /// <summary>Spoils bytes in one to four ways.</summary>
    public static byte[] Mutate(Random random, byte[] bytes)
    {
        for (int times = random.Next(0, 4); times > 0 && bytes.Length > 0; times--)
        {
            int at = random.Next(bytes.Length);
            int other = random.Next(bytes.Length);
            bytes = random.Next(7) switch
            {
                0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]],
                2 => bytes[..at],
                3 => [.. bytes[..at], .. bytes[Math.Min(at, other)..Math.Max(at, other)], .. bytes[at..]],
                4 => [.. bytes[..Math.Min(at, other)], .. bytes[Math.Max(at, other)..]],
                5 => [.. bytes[..at], .. Noise(random), .. bytes[at..]],
                _ => [.. bytes[..at], "\r\n\0 :\t@.%"u8[random.Next(9)], .. bytes[at..]],
            };
        }

        return bytes;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(1, 32)];
        random.NextBytes(noise);
        return noise;
    }
}
