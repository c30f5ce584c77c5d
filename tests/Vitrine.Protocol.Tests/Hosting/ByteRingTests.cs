using FsCheck;
using FsCheck.Fluent;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class ByteRingTests
{
    /// <summary>Against a queue as the model: positive steps write so many bytes, negative ones read, zero trims.</summary>
    [Fact]
    public void WriteReadTrim_AnyOrder_IsAQueue() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(200),
        Prop.ForAll(Arb.From(
            Gen.Frequency((4, Gen.Choose(1, 900)), (4, Gen.Choose(-900, -1)), (1, Gen.Constant(0))).ListOf()), static steps =>
        {
            var ring = default(ByteRing);
            var model = new Queue<byte>();
            byte next = 0;
            foreach (int step in steps)
            {
                if (step > 0)
                {
                    byte[] written = Enumerable.Range(0, step).Select(_ => next++).ToArray();
                    ring.Write(written);
                    foreach (byte one in written)
                        model.Enqueue(one);
                }
                else if (step < 0)
                {
                    byte[] read = new byte[-step];
                    int count = ring.Read(read);
                    Assert.Equal(Math.Min(-step, model.Count), count);
                    for (int i = 0; i < count; i++)
                        Assert.Equal(model.Dequeue(), read[i]);
                }
                else
                {
                    ring.Trim();
                }

                Assert.Equal(model.Count, ring.Count);
                Assert.Equal(ring.Count == 0, ring.Capacity == 0);
            }

            ring.Clear();
        }));

    [Theory]
    [InlineData(1, 1024)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(131072, 131072)]
    public void Write_Bytes_HoldsNoMoreMemoryThanTheNextPowerOfTwo(int bytes, int memory)
    {
        var ring = default(ByteRing);
        ring.Write(new byte[bytes]);
        Assert.Equal(memory, ring.Capacity);
        ring.Clear();
        Assert.Equal(0, ring.Capacity);
    }
}
