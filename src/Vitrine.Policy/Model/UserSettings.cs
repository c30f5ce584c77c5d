namespace Vitrine.Policy.Model;

/// <summary>Who commands run as. Inside only: every id is shifted to a range of its own outside.</summary>
public sealed record UserSettings
{
    /// <summary>Name inside. Default `user`; `root` means uid 0 inside, which is nobody outside.</summary>
    public string Name { get; init; } = "user";

    /// <summary>User id inside, 0 to 59999. Default 1000.</summary>
    public uint Uid { get; init; } = 1000;

    /// <summary>Group id inside, 0 to 59999. Default: as the user id.</summary>
    public uint Gid { get; init; } = 1000;

    /// <summary>Capabilities kept by commands, only for root. Default none. See <see cref="Vitrine.Policy.Validation.CapabilityNames"/>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];
}
