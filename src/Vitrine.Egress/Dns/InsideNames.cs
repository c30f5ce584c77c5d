using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Dns;

/// <summary>
/// The names one sandbox has asked for, and the address that stands for each. An address is never given to another name, whatever becomes
/// of the rules: a program that kept one reaches the name it asked for, or nothing.
/// </summary>
internal sealed class InsideNames
{
    /// <summary>Names one sandbox may ask for in its life.</summary>
    public const int MaxNames = 4096;

    /// <summary>Addresses used of every 256: those ending in 0 and 255 are no host's in many a program's eyes.</summary>
    private const int PerBlock = 254;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, uint> _addresses = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _belowWildcard = new(StringComparer.Ordinal);

    /// <summary>The address that stands for an allowed name, a new one if need be.</summary>
    /// <param name="name">In normal form.</param>
    /// <param name="rule">The rule that allows it.</param>
    /// <param name="namesPerWildcard">Names that may be asked for below one wildcard.</param>
    /// <param name="address">The address, in host order.</param>
    /// <returns>Why there is none; null when there is one.</returns>
    public Refusal? Admit(string name, EgressRule rule, int namesPerWildcard, out uint address)
    {
        lock (_gate)
        {
            if (_addresses.TryGetValue(name, out address))
                return null;
            if (_names.Count >= MaxNames)
                return new Refusal(RefusalCodes.NameBudget, $"the sandbox has asked for {MaxNames} names already", rule.Id);
            if (rule.Host.StartsWith('*'))
            {
                int count = _belowWildcard.GetValueOrDefault(rule.Host);
                if (count >= namesPerWildcard)
                    return new Refusal(RefusalCodes.NameBudget,
                        $"the sandbox has asked for {namesPerWildcard} names below {rule.Host} already", rule.Id,
                        "Allow the names it needs one by one");
                _belowWildcard[rule.Host] = count + 1;
            }

            int index = _names.Count;
            address = InsideNetwork.FirstName + (uint)((index / PerBlock * 256) + 1 + (index % PerBlock));
            _names.Add(name);
            _addresses.Add(name, address);
            return null;
        }
    }

    /// <summary>The name an address stands for; null for an address that was never given out.</summary>
    public string? Find(uint address)
    {
        if (address is < InsideNetwork.FirstName or > InsideNetwork.LastName)
            return null;
        uint offset = address - InsideNetwork.FirstName;
        if (offset % 256 is 0 or 255)
            return null;
        int index = (int)((offset / 256 * PerBlock) + (offset % 256) - 1);
        lock (_gate)
            return index < _names.Count ? _names[index] : null;
    }
}
