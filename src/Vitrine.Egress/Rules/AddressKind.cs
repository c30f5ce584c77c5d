namespace Vitrine.Egress.Rules;

/// <summary>What an address is for, as far as dialling it goes.</summary>
internal enum AddressKind
{
    /// <summary>A host of the internet.</summary>
    Public,

    /// <summary>This machine: loopback, or an address of one of its interfaces. A rule with `internal: true` lifts it.</summary>
    Own,

    /// <summary>A network not of the internet: private, shared, link-local. A rule with `internal: true` lifts it.</summary>
    Private,

    /// <summary>A cloud's service that hands out credentials. Nothing lifts it.</summary>
    Metadata,

    /// <summary>No host's: unspecified, multicast, documentation, tests, reserved, or an ambiguous form. Nothing lifts it.</summary>
    Special,
}
