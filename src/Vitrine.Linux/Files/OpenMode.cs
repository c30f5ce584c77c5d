namespace Vitrine.Linux.Files;

/// <summary>How <see cref="PathWalk"/> opens the last name of a path.</summary>
[Flags]
public enum OpenMode
{
    /// <summary>To read.</summary>
    Read = 0,

    /// <summary>To write.</summary>
    Write = 1,

    /// <summary>Made when it is not there.</summary>
    Create = 2,

    /// <summary>Refused when it is there already (with <see cref="Create"/>).</summary>
    Exclusive = 4,

    /// <summary>A directory, to list it.</summary>
    Directory = 8,

    /// <summary>Only a place in the tree, for other names relative to it (O_PATH).</summary>
    Place = 16,

    /// <summary>The link itself is refused instead of followed, when the last name is one.</summary>
    NoFollow = 32,
}
