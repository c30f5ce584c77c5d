namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// Runs a filter as the kernel would: linux/filter.h, Documentation/networking/filter.rst. For tests and `vitrine policy explain`.
/// </summary>
/// <param name="program">The filter.</param>
public sealed class BpfSimulator(BpfProgram program)
{
    /// <summary>Runs the filter on one system call.</summary>
    /// <param name="data">The call.</param>
    /// <returns>What the kernel would do.</returns>
    public SeccompVerdict Run(SeccompData data) => Run(data, out _);

    /// <summary>Runs the filter on one system call and counts.</summary>
    /// <param name="data">The call.</param>
    /// <param name="steps">Instructions that were executed.</param>
    /// <returns>What the kernel would do.</returns>
    public SeccompVerdict Run(SeccompData data, out int steps)
    {
        Span<uint> scratch = stackalloc uint[16];
        scratch.Clear();
        var (a, x, pc) = (0u, 0u, 0);
        for (steps = 1; ; steps++)
        {
            var (code, yes, no, k) = program.Instructions[pc++];
            switch (code)
            {
                case BpfOpcode.LoadAbsolute: a = data.WordAt(k); break;
                case BpfOpcode.LoadLength: a = SeccompData.Size; break;
                case BpfOpcode.LoadLengthX: x = SeccompData.Size; break;
                case BpfOpcode.LoadImmediate: a = k; break;
                case BpfOpcode.LoadImmediateX: x = k; break;
                case BpfOpcode.LoadMemory: a = scratch[(int)k]; break;
                case BpfOpcode.LoadMemoryX: x = scratch[(int)k]; break;
                case BpfOpcode.Store: scratch[(int)k] = a; break;
                case BpfOpcode.StoreX: scratch[(int)k] = x; break;
                case BpfOpcode.CopyToX: x = a; break;
                case BpfOpcode.CopyFromX: a = x; break;
                case BpfOpcode.Return: return new(k);
                case BpfOpcode.ReturnA: return new(a);
                case BpfOpcode.Jump: pc += (int)k; break;
                case BpfOpcode.DivideX when x == 0: return new(0);
                default:
                    if (IsJump(code))
                        pc += Holds(code, a, k, x) ? yes : no;
                    else
                        a = Calculate(code, a, k, x);
                    break;
            }
        }
    }

    private static bool IsJump(BpfOpcode code) => ((ushort)code & 7) == 5;

    private static bool Holds(BpfOpcode code, uint a, uint k, uint x) => code switch
    {
        BpfOpcode.JumpEqual => a == k,
        BpfOpcode.JumpEqualX => a == x,
        BpfOpcode.JumpGreater => a > k,
        BpfOpcode.JumpGreaterX => a > x,
        BpfOpcode.JumpAtLeast => a >= k,
        BpfOpcode.JumpAtLeastX => a >= x,
        BpfOpcode.JumpAnyBit => (a & k) != 0,
        BpfOpcode.JumpAnyBitX => (a & x) != 0,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "not a conditional jump"),
    };

    private static uint Calculate(BpfOpcode code, uint a, uint k, uint x) => code switch
    {
        BpfOpcode.Add => a + k,
        BpfOpcode.AddX => a + x,
        BpfOpcode.Subtract => a - k,
        BpfOpcode.SubtractX => a - x,
        BpfOpcode.Multiply => a * k,
        BpfOpcode.MultiplyX => a * x,
        BpfOpcode.Divide => a / k,
        BpfOpcode.DivideX => a / x,
        BpfOpcode.Or => a | k,
        BpfOpcode.OrX => a | x,
        BpfOpcode.And => a & k,
        BpfOpcode.AndX => a & x,
        BpfOpcode.ShiftLeft => a << (int)k,
        BpfOpcode.ShiftLeftX => a << (int)(x & 31),
        BpfOpcode.ShiftRight => a >> (int)k,
        BpfOpcode.ShiftRightX => a >> (int)(x & 31),
        BpfOpcode.Negate => unchecked(0u - a),
        BpfOpcode.Xor => a ^ k,
        BpfOpcode.XorX => a ^ x,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "not an operation of seccomp filters"),
    };
}
