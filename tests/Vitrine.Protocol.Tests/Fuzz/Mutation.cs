using System.Buffers.Binary;
using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Tests.Fuzz;

/// <summary>Spoils a right sequence of frames in one to four ways.</summary>
internal static class Mutation
{
    private static readonly uint[] Lengths = [0, 1, 7, 8, 4096, 65528, 65529, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    public static byte[] Apply(Random random, byte[] bytes, IReadOnlyList<int> frames)
    {
        for (int times = random.Next(1, 5); times > 0 && bytes.Length > WireLimits.HeaderSize; times--)
            bytes = Once(random, bytes, frames);
        return bytes;
    }

    private static byte[] Once(Random random, byte[] bytes, IReadOnlyList<int> frames)
    {
        // An earlier mutation may have cut or moved the frames: then it is some place in the bytes, which is as good.
        int frame = Math.Min(frames[random.Next(frames.Count)], bytes.Length - WireLimits.HeaderSize);
        int other = Math.Min(frames[random.Next(frames.Count)], bytes.Length);
        switch (random.Next(9))
        {
            case 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(frame), Lengths[random.Next(Lengths.Length)]);
                return bytes;
            case 3:
                bytes[frame + 4] = (byte)random.Next(0, 0x20);
                return bytes;
            case 4:
                bytes[frame + 5] = (byte)random.Next(0, 4);
                return bytes;
            case 5:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(frame + 6), (ushort)random.Next(0, 8));
                return bytes;
            case 6:
                return bytes[..random.Next(1, bytes.Length)];
            case 7:
                byte[] noise = new byte[random.Next(1, 64)];
                random.NextBytes(noise);
                return [.. bytes[..frame], .. noise, .. bytes[frame..]];
            default:
                return [.. bytes[..frame], .. bytes[other..], .. bytes[frame..]];
        }
    }
}
