namespace Vitrine.Protocol.Tests.Scripted;

/// <summary>Tests that measure time or memory run one after the other, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuringTests
{
    public const string Name = "measuring";
}
