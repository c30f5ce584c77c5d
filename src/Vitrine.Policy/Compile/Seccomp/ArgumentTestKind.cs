namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>How the masked bits of an argument are compared.</summary>
public enum ArgumentTestKind
{
    /// <summary>They equal the value.</summary>
    Equal,

    /// <summary>They are the value or more, unsigned. Only within the low 32 bits.</summary>
    AtLeast,
}
