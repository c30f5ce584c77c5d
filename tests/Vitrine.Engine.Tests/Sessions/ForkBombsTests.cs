using System.Diagnostics;
using Vitrine.Engine.Sessions;

namespace Vitrine.Engine.Tests.Sessions;

public sealed class ForkBombsTests
{
    [Fact]
    public void IsBlamed_BelowTheThreshold_NobodyIs() =>
        Assert.False(new ForkBombs(() => 7).IsBlamed(7, ForkBombs.RefusedForksOfABomb - 1));

    [Fact]
    public void IsBlamed_AtTheThreshold_OnlyTheLargestIs_AndOnlyOnce()
    {
        var bombs = new ForkBombs(() => 7);
        Assert.False(bombs.IsBlamed(3, ForkBombs.RefusedForksOfABomb));
        Assert.True(bombs.IsBlamed(7, ForkBombs.RefusedForksOfABomb));
        Assert.False(bombs.IsBlamed(7, ForkBombs.RefusedForksOfABomb + 10));
    }

    [Fact]
    public void IsBlamed_WhenItGoesOn_TheNextIs()
    {
        int largest = 7;
        var bombs = new ForkBombs(() => largest);
        Assert.True(bombs.IsBlamed(7, 5_000));
        largest = 3;
        Assert.False(bombs.IsBlamed(3, 5_500));
        Assert.True(bombs.IsBlamed(3, 6_000));
    }

    [Fact]
    public void IsBlamed_WhenTheLargestIsNoCommand_NobodyIs() =>
        Assert.False(new ForkBombs(() => null).IsBlamed(7, 1_000_000));

    [Fact]
    public void Largest_OfARealTree_IsTheChildWithMostDescendants()
    {
        // A stand-in guest: a shell with two "runners", each with one "command"; the second command has three children more.
        const string tree = "sh -c 'sh -c \"sleep 60; true\"; true' & sh -c 'sh -c \"echo \\$\\$ >&2; sleep 60 & sleep 60 & sleep 60 & echo; wait; true\"; true' & wait";
        using var guest = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", tree])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            _ = guest.StandardOutput.ReadLine();
            int expected = int.Parse(guest.StandardError.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(expected, ProcessTrees.Largest(guest.Id));
        }
        finally
        {
            guest.Kill(entireProcessTree: true);
        }
    }
}
